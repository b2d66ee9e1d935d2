/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How long after the end of a window its frames went out: of each window and thread, when the
 * kernel had the first, the middle and the last one. The clock is read once a turn of the loop
 * while a wave is under way, and not at all otherwise.
 *
 * A wave is over at the first turn in which nothing was sent; whoever could not take the frame by
 * then is not waited for.
 */
#ifndef FANOUT_DELIVERY_H
#define FANOUT_DELIVERY_H

#include "fanout/histogram.h"

#include <stdbool.h>
#include <stdint.h>

enum { DELIVERY_STEPS = 128 };

struct delivery_step {
	uint64_t at;   // nanoseconds of CLOCK_MONOTONIC
	uint64_t sent; // frames by then, in all
};

struct delivery {
	uint64_t ended;  // of the window that is going out, nanoseconds of CLOCK_MONOTONIC; 0: none
	uint64_t before; // frames that had been sent when it began
	unsigned n;
	struct delivery_step steps[DELIVERY_STEPS];

	struct histogram first, median, last; // thread: rw, others: ro
};

/* A window that ended then begins to go out; sent: frames so far. */
void delivery_begin(struct delivery *d, uint64_t ended, uint64_t sent);

/* After a turn. wave_over: everybody was looked at. */
void delivery_turn(struct delivery *d, uint64_t sent, bool wave_over);

#endif
