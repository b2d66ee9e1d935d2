/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Threads of the partitions that are ours, and their queues.
 */
#include "control/cluster/log.h"
#include "control/cluster/merger_state.h"

#include <stdio.h>

struct share *merger_share(struct merger *m, const rd_kafka_topic_partition_t *p)
{
	return p->partition >= 0 && (unsigned)p->partition < m->cluster->partitions
		       ? &m->shares[p->partition]
		       : NULL;
}

void merger_share_queue(struct merger *m, rd_kafka_topic_partition_t *p)
{
	struct share *s = merger_share(m, p);

	p->offset = RD_KAFKA_OFFSET_BEGINNING;
	if (s == NULL || s->queue != NULL)
		return;
	s->queue = rd_kafka_queue_get_partition(m->group, p->topic, p->partition);
	if (s->queue != NULL)
		rd_kafka_queue_forward(s->queue, NULL);
}

void merger_share_drop_queue(struct share *s)
{
	if (s->queue != NULL)
		rd_kafka_queue_destroy(s->queue);
	s->queue = NULL;
}

static void set_runs(struct share *s, bool runs)
{
	pthread_mutex_lock(&s->merger->lock);
	s->runs = runs;
	pthread_mutex_unlock(&s->merger->lock);
}

static bool run_share(struct share *s)
{
	char name[16];

	if (pthread_create(&s->thread, NULL, share_run, s) != 0)
		return false;
	snprintf(name, sizeof(name), "merge-%u", s->number % 100000);
	pthread_setname_np(s->thread, name);
	return true;
}

void merger_share_begin(struct share *s)
{
	if (s->runs || s->queue == NULL)
		return;
	atomic_store(&s->stopping, false);
	s->read_before = false;
	if (!run_share(s))
		return;
	set_runs(s, true);
	LOG_INFO("partition %u is ours", s->number);
}

unsigned merger_shares_begin(struct merger *m)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < m->cluster->partitions; i++) {
		merger_share_begin(&m->shares[i]);
		waiting += m->shares[i].queue != NULL && !m->shares[i].runs;
	}
	return waiting;
}

void merger_share_end(struct share *s)
{
	if (!s->runs) {
		merger_share_drop_queue(s);
		return;
	}
	atomic_store(&s->stopping, true);
	pthread_join(s->thread, NULL);
	merger_share_drop_queue(s);
	set_runs(s, false);
	LOG_INFO("partition %u is no longer ours", s->number);
}
