/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Subscribers, held by processes of their own on one CPU, with many addresses of 127.0.0.0/8, so
 * that neither descriptors nor ports run out. One in HOLDER_STALLED of them has a small receive
 * buffer and stops reading when it is told to.
 */
#ifndef PERF_FANOUT_HOLDER_H
#define PERF_FANOUT_HOLDER_H

#include "perf/fanout/arrivals.h"
#include "perf/fanout/dialogue.h"

#include <sys/types.h>

enum {
	HOLDERS_MAX = 16,
	HOLDER_SUBSCRIBERS_MAX = 19500, // of a process that may have 20,000 descriptors
	HOLDER_STALLED = 20,            // one in so many
};

struct holders {
	unsigned n;
	pid_t pids[HOLDERS_MAX];
	int tell[HOLDERS_MAX];
	unsigned stalled; // subscribers that would stall
};

/* Starts them; nothing is connected yet. 0 or -errno. */
int holders_start(struct holders *h, struct arrivals *a, const struct dialogue *d, uint16_t port,
	unsigned cpu);

/* So many connections at once are on their way, in each process. */
void holders_connect(struct holders *h);

/* Those that stall read nothing from now on. The rest is what is awaited. */
void holders_stall(struct holders *h, struct arrivals *a);

void holders_stop(struct holders *h);

#endif
