/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One repetition with so many subscribers of each contestant. All are there at the same time and
 * take turns, so that what drifts on the machine hits all alike.
 */
#ifndef PERF_FANOUT_TRIAL_H
#define PERF_FANOUT_TRIAL_H

#include "perf/fanout/report.h"
#include "perf/fanout/runner.h"

enum { FILLING_ROUNDS = 40 };

struct trial_plan {
	unsigned subscribers;
	unsigned turns;
	double turn_seconds;
	unsigned paused_frames; // of each pause
	double filling_seconds; // of rounds until the stalled ones are full, and FILLING_ROUNDS at
				// least
	unsigned stalled_turns;
	const char *only;   // contestants whose names begin so, besides the floor; NULL: all
	const char *folder; // for configurations
	struct runner_cpus cpus;
};

bool trial_takes(const char *only, const char *name);

/* Adds to the rows of the report. False: the floor itself could not be measured. */
bool trial_run(struct fanout_report *report, const struct trial_plan *plan);

#define APPLIANCE_NAME "uproard TCP"

/* The appliance itself, with windows of so many milliseconds (appliance.c). */
void appliance_run(struct fanout_report *report, const struct trial_plan *plan, unsigned window_ms);

#endif
