/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/merger_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void *run(void *arg)
{
	struct merger *m = arg;

	while (!atomic_load(&m->stopping))
		merger_group_serve(m);
	merger_group_close(m);
	return NULL;
}

static void free_all(struct merger *m)
{
	merger_rules_drop(m->rules);
	pthread_mutex_destroy(&m->lock);
	if (m->wake >= 0)
		close(m->wake);
	free(m->shares);
	free(m);
}

static int make(struct merger **out, const struct config *config)
{
	struct merger *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return -ENOMEM;
	m->cluster = &config->cluster;
	pthread_mutex_init(&m->lock, NULL);
	m->shares = calloc(m->cluster->partitions, sizeof(*m->shares));
	m->rules = merger_rules_make(config);
	m->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->shares == NULL || m->rules == NULL || m->wake < 0) {
		free_all(m);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < m->cluster->partitions; i++)
		m->shares[i] = (struct share){
			.merger = m,
			.number = i,
			.says_catalogue = RECORD_NO_CHANNEL % m->cluster->partitions == i,
		};
	*out = m;
	return 0;
}

int merger_start(struct merger **out, const struct config *config, char *error, size_t cap)
{
	struct merger *m;
	int ret = make(&m, config);

	if (ret < 0) {
		snprintf(error, cap, "no memory to merge");
		return ret;
	}
	ret = merger_group_open(m, error, cap);
	if (ret == 0) {
		ret = -pthread_create(&m->thread, NULL, run, m);
		if (ret < 0) {
			snprintf(error, cap, "no thread to merge: %s", strerror(-ret));
			merger_group_close(m);
		}
	}
	if (ret < 0) {
		free_all(m);
		return ret;
	}
	pthread_setname_np(m->thread, "merger");
	*out = m;
	return 0;
}

int merger_take_config(struct merger *m, const struct config *config)
{
	struct merger_rules *fresh = merger_rules_make(config);

	if (fresh == NULL)
		return -ENOMEM;
	pthread_mutex_lock(&m->lock);
	struct merger_rules *before = m->rules;
	m->rules = fresh;
	pthread_mutex_unlock(&m->lock);
	merger_rules_drop(before);
	return 0;
}

void merger_stop(struct merger *m)
{
	atomic_store(&m->stopping, true);
	pthread_join(m->thread, NULL);
	free_all(m);
}

static void add_share(struct merger_status *out, const struct share *s)
{
	out->partitions += s->serves;
	out->partitions_coming += s->runs && !s->serves;
	if (s->serves) {
		out->taps += s->stats.taps;
		if (s->stats.window > out->window)
			out->window = s->stats.window;
		if (s->stats.ends > out->ends)
			out->ends = s->stats.ends;
	}
	if (out->complaint[0] == '\0' && s->runs)
		memcpy(out->complaint, s->complaint, sizeof(out->complaint));
}

void merger_read_status(struct merger *m, struct merger_status *out)
{
	pthread_mutex_lock(&m->lock);
	*out = m->status;
	for (unsigned i = 0; i < m->cluster->partitions; i++)
		add_share(out, &m->shares[i]);
	out->n_nodes = merger_nodes_read(&m->nodes, out->nodes);
	pthread_mutex_unlock(&m->lock);
}
