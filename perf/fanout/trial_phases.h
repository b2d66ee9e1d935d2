/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The phases of a trial, and what they share. */
#ifndef PERF_FANOUT_TRIAL_PHASES_H
#define PERF_FANOUT_TRIAL_PHASES_H

#include "perf/fanout/trial.h"

struct entry {
	struct runner runner;
	struct fanout_row *row;
	bool there;
	double busy, deliveries;       // of all turns
	double user_begin;             // memory when all had joined
	double turn_walls, turn_skews; // sums over the turns
	uint32_t window_begin;
};

struct trial {
	const struct trial_plan *plan;
	struct fanout_report *report;
	unsigned n;
	struct entry entries[CONTESTANTS_MAX];
};

/* It takes no further part. */
void trial_drop(struct entry *e, const char *what);

/* trial_turns.c: each frame as soon as the last one was delivered; then each after a pause. */
void trial_saturate(struct trial *t);
void trial_pause(struct trial *t, unsigned ms, enum fanout_metric skew);

/* trial_stall.c: with one in twenty that does not read. */
void trial_stall(struct trial *t);

/* trial_watch.c: what others did with the CPUs meanwhile. */
struct watch {
	struct core_time server, clients;
	double servers, holders; // seconds of ours
};

struct watch watch_look(const struct trial *t);
void watch_mark(struct trial *t, const struct watch *begin);

#endif
