/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/share.h"

#include <string.h>

static void add_grown(uint64_t *to, uint64_t *seen, uint64_t now)
{
	*to += now - *seen;
	*seen = now;
}

void share_show(struct share *s, bool serves)
{
	struct merger *m = s->merger;
	struct partition_stats now = {0};
	unsigned n = 0;

	if (s->partition != NULL) {
		partition_read_stats(s->partition, &now);
		n = partition_nodes(s->partition, s->nodes, MERGER_NODES_MAX);
	}
	pthread_mutex_lock(&m->lock);
	s->serves = serves;
	memcpy(s->complaint, s->trouble.sentence, sizeof(s->complaint));
	if (s->partition != NULL) {
		s->stats = now;
		add_grown(&m->status.records, &s->seen.records, now.records);
		add_grown(&m->status.late, &s->seen.late, now.late);
		add_grown(&m->status.malformed, &s->seen.malformed, now.malformed);
		add_grown(
			&m->status.retired_refused, &s->seen.retired_refused, now.retired_refused);
		merger_nodes_take(&m->nodes, s->nodes, n);
	}
	pthread_mutex_unlock(&m->lock);
}

void share_show_window(struct share *s, uint64_t ends_ms)
{
	struct merger *m = s->merger;
	uint64_t now = share_clock_ns(CLOCK_REALTIME), ended = ends_ms * 1000000;

	pthread_mutex_lock(&m->lock);
	m->status.windows++;
	m->status.frames += s->frames;
	m->status.retired += s->retired;
	m->status.bytes += s->transaction.bytes;
	if (s->frames > 0)
		histogram_add(&m->status.close_ns, now > ended ? now - ended : 0);
	pthread_mutex_unlock(&m->lock);
}

void share_count(struct share *s, uint64_t *counter)
{
	pthread_mutex_lock(&s->merger->lock);
	(*counter)++;
	pthread_mutex_unlock(&s->merger->lock);
}

void share_event(void *context, enum partition_event event, const char *node, uint64_t value)
{
	struct share *s = context;

	pthread_mutex_lock(&s->merger->lock);
	merger_nodes_event(&s->merger->nodes, event, node, value);
	pthread_mutex_unlock(&s->merger->lock);
}
