/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the benchmark of windows closes: an arena of some shape, as the appliance has it, and a
 * crowd that moves some of its rows between two windows, from another processor.
 */
#ifndef PERF_MERGE_CROWD_H
#define PERF_MERGE_CROWD_H

#include "control/windows.h"

enum { MERGE_CROWD_TAPS = 8 }; // of a worker in a row that moves: sessions, and reactions

struct merge_crowd {
	struct config config;
	struct store store;
	struct windows windows;
	struct reactors *workers; // [workers]
	unsigned moving;          // rows, from window to window others
	uint64_t first;           // of those of the next window
	uint64_t taps;            // in all
};

/* All rows are open. 0, or -errno after a complaint. The arena is gone with merge_crowd_close(). */
int merge_crowd_open(
	struct merge_crowd *c, unsigned channels, unsigned reactions, unsigned workers);
void merge_crowd_close(struct merge_crowd *c);

/* Each worker counts in so many rows, on another processor than ours if there is one. */
void merge_crowd_move(struct merge_crowd *c);

#endif
