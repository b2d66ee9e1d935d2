/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Workers side by side, each on a core of its own with packet buffers, tallies and statistics of
 * its own, in step: all touch at once, then all count at once.
 */
#ifndef PERF_LANES_H
#define PERF_LANES_H

#include "perf/buffers.h"
#include "perf/rig.h"
#include "perf/samples.h"

struct lanes;

struct lane {
	struct lanes *all;
	struct worker *worker;
	struct buffers buffers;
	uint64_t touch, count; // ticks of the last sample
};

struct lanes {
	unsigned n;
	_Atomic unsigned arrived; // at the next line where all wait for all; lanes: rw
	struct rig rig;
	struct lane lane[RIG_WORKERS_MAX];
};

/* Lane i is for lcore i. 0, or -errno after a complaint. */
int lanes_open(struct lanes *l, const struct bench_case *c, unsigned n);
void lanes_close(struct lanes *l);

/* One sample of each: ticks a datagram, the mean of the lanes. */
void lanes_sample(struct lanes *l, double *touch, double *count);

#endif
