/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Do the workers poll? A worker publishes its ticks each turn of its loop, at least every
 * millisecond or so. One whose ticks stood still at several looks in a row is named in the log. It
 * is looks that are counted and not time: when the whole process was stopped, everybody stood still
 * and nobody hangs.
 */
#ifndef CONTROL_HEARTBEAT_H
#define CONTROL_HEARTBEAT_H

#include "control/store.h"
#include "dataplane/dataplane.h"

enum {
	HEARTBEAT_MS = 1000, // between two looks
	HEARTBEAT_MISSES = 3 // looks in a row without a turn, after which a worker hangs
};

struct heartbeat {
	unsigned n_workers;
	uint64_t next_ns; // monotonic: the next look
	struct {
		uint64_t ticks; // at the last look
		unsigned misses;
	} workers[DATAPLANE_WORKERS_MAX];
};

void heartbeat_init(struct heartbeat *h, const struct store *s, uint64_t now_ns);

bool heartbeat_hangs(const struct heartbeat *h, unsigned worker);

/* How many workers do not hang. */
unsigned heartbeat_polling(const struct heartbeat *h);

enum heartbeat_change { HEARTBEAT_SAME, HEARTBEAT_LOST, HEARTBEAT_BACK };

/* One look at one worker. */
enum heartbeat_change heartbeat_look(struct heartbeat *h, unsigned worker, uint64_t ticks);

/* Looks at all, if it is time to, and returns whether it was; logs which worker does not poll any
 * more, and which does again. d: where they run. */
bool heartbeat_check(
	struct heartbeat *h, const struct store *s, const struct dataplane *d, uint64_t now_ns);

#endif
