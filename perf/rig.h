/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A worker, or several, as the appliance makes them for the default catalogue: with a policy,
 * tallies, a block of statistics each. What a case says of the worker is set here.
 */
#ifndef PERF_RIG_H
#define PERF_RIG_H

#include "dataplane/worker.h"
#include "perf/cases.h"
#include "perf/session_table.h"

enum { RIG_WORKERS_MAX = 16, RIG_STRIDE = 64 };

struct rig {
	const struct bench_case *c;
	unsigned n;
	bool ordinary; // no huge pages were free for tallies or tables
	struct policy policy;
	struct worker workers[RIG_WORKERS_MAX];
	struct session_table *sessions; // of all workers
	uint64_t first;                 // datagram of a sequenced case that the source sends
	struct reactors_head reactors_head;
	struct undo undo[RIG_WORKERS_MAX];
	struct worker_block blocks[RIG_WORKERS_MAX];
};

/* 0, or -errno after a complaint. The workers are for the source of frames to complete. */
int rig_open(struct rig *r, const struct bench_case *c, unsigned workers);
void rig_close(struct rig *r);

/*
 * Has every worker accepted all that it received since rig_open(), and counted it? Else a
 * complaint: a benchmark of refusals would be a fast one.
 */
bool rig_accepted_all(const struct rig *r);

#endif
