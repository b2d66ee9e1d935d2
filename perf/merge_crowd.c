/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/merge_crowd.h"

#include "dataplane/counting.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double weights[WIRE_REACTIONS_MAX] = {[1] = 0.5, [2] = -0.5};

static int prepare(struct merge_crowd *c)
{
	const struct mood_rules rules = {.weights = weights,
		.half_life_s = 60,
		.surge_begins = 3,
		.surge_ends = 1.5,
		.surge_taps = 20};
	int ret = windows_init(&c->windows, rules, &c->store);

	c->workers = calloc(c->store.workers, sizeof(*c->workers));
	if (ret < 0 || c->workers == NULL)
		return ret < 0 ? ret : -ENOMEM;
	for (unsigned w = 0; w < c->store.workers; w++)
		c->workers[w] = (struct reactors){.head = c->store.reactors_head,
			.rows = store_row_reactors(&c->store, w, 0)};
	for (unsigned i = 0; i < c->store.rows; i++)
		store_open_row(&c->store, (uint16_t)i);
	return 0;
}

int merge_crowd_open(struct merge_crowd *c, unsigned channels, unsigned reactions, unsigned workers)
{
	static char name[CONFIG_NAME_MAX + 1];
	char error[512] = "out of memory";

	memset(c, 0, sizeof(*c));
	snprintf(name, sizeof(name), "bench-merge-%d", (int)getpid());
	c->config = (struct config){.name = name,
		.arena_channels = channels,
		.arena_reactions = reactions,
		.arena_sessions = 1024,
		.n_ports = 1,
		.ports = {{.queues = workers}}};
	int ret = store_open(&c->store, &c->config, true, error, sizeof(error));

	if (ret == 0 && (ret = prepare(c)) < 0)
		merge_crowd_close(c);
	if (ret < 0)
		fprintf(stderr, "merge: %s\n", error);
	return ret;
}

void merge_crowd_close(struct merge_crowd *c)
{
	windows_free(&c->windows);
	free(c->workers);
	store_close(&c->store, true);
}

static void move_row(struct merge_crowd *c, unsigned w, unsigned row)
{
	uint64_t *tallies = store_row_tallies(&c->store, w, row);
	struct reactors *r = &c->workers[w];

	for (unsigned i = 0; i < MERGE_CROWD_TAPS; i++) {
		tally_add(&tallies[(row + i) % c->store.stride], 1);
		moved_mark(merge_marks(&c->windows.merge, w), row);
		reactors_note(r, row, reactors_hash(r->head, c->taps++));
	}
}

static void *move(void *crowd)
{
	struct merge_crowd *c = crowd;

	for (unsigned w = 0; w < c->store.workers; w++) {
		reactors_begin(&c->workers[w]);
		/* An odd step through a power of two comes by all of them. */
		for (unsigned i = 0; i < c->moving; i++)
			move_row(c, w, (unsigned)((c->first + i) * 1237 % c->store.rows));
		reactors_end(&c->workers[w]);
	}
	c->first += c->moving;
	return NULL;
}

/* Any but the one that we are on. */
static void choose_processor(pthread_attr_t *attributes)
{
	cpu_set_t others;
	int here = sched_getcpu();

	if (here < 0 || sched_getaffinity(0, sizeof(others), &others) < 0)
		return;
	CPU_CLR((unsigned)here, &others);
	if (CPU_COUNT(&others) > 0)
		pthread_attr_setaffinity_np(attributes, sizeof(others), &others);
}

void merge_crowd_move(struct merge_crowd *c)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	choose_processor(&attributes);
	if (pthread_create(&thread, &attributes, move, c) == 0)
		pthread_join(thread, NULL);
	else
		move(c);
	pthread_attr_destroy(&attributes);
}
