/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From the counts of a window to the mood that a frame tells (docs/sentiment.md has the formulas).
 */
#ifndef CONTROL_MOOD_H
#define CONTROL_MOOD_H

#include "wire/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* What is unusual, and what each reaction means. */
struct mood_rules {
	const double *weights; // by reaction id, -1 to 1; not owned
	double half_life_s;    // of the usual rate
	double surge_begins;   // times the usual rate
	double surge_ends;
	unsigned surge_taps; // that a window must have before a surge can begin
};

enum { MOODS_LAYOUT = 1 };

/* What a channel remembers from window to window. Zero at the start. It lies in the arena: another
 * layout of it is another MOODS_LAYOUT. */
struct mood_memory {
	double usual;     // taps a second, exponentially weighted
	double recent;    // the same with a sixth of the half-life
	unsigned windows; // that the usual rate was learned from
	bool surge;
};

/* One channel in one window. */
struct mood_window {
	uint16_t channel;
	uint32_t window;
	uint64_t ends_ms;
	uint32_t length_ms;
	uint64_t total;         // taps since the channel began
	const uint64_t *counts; // by reaction id
	unsigned n;             // how many ids
};

/* Fills the frame and moves the memory on. */
void mood_frame(struct frame *f, struct mood_memory *memory, const struct mood_window *window,
	const struct mood_rules *rules);

/* Where it is going: -1 (dying down) over 0 (as usual) to 1 (taking off). */
double mood_momentum(const struct mood_memory *memory);

/* Shares in 1/10000 by largest remainder: they add up to 10000 unless all counts are 0. n <= 256.
 */
void mood_shares(const uint64_t *counts, unsigned n, uint16_t *shares);

#endif
