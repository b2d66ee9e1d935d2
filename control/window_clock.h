/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When windows end: at multiples of their length on the wall clock, waited for on the monotonic
 * clock. A thread that comes late yields one longer window, which says so by its length; a wall
 * clock that is set back yields windows that go on from the last end.
 */
#ifndef CONTROL_WINDOW_CLOCK_H
#define CONTROL_WINDOW_CLOCK_H

#include <stdint.h>

/* A reading of both clocks, in nanoseconds. */
struct window_now {
	uint64_t wall;
	uint64_t monotonic;
};

struct window_clock {
	uint64_t length_ms;
	uint64_t last_end_ms;   // wall clock
	uint64_t last_end_mono; // nanoseconds
};

struct window_span {
	uint64_t ends_ms;   // wall clock
	uint32_t length_ms; // since the end before
	uint32_t late_ms;   // how long after its end it was closed
	uint64_t late_ns;   // the same
	uint64_t ends_mono; // the same end, monotonic nanoseconds
};

struct window_now window_clock_read(void);

/* The first window begins now. last_end_ms: of the windows before, which new ones must exceed. */
void window_clock_start(
	struct window_clock *c, uint32_t length_ms, uint64_t last_end_ms, struct window_now now);

/*
 * The first window began earlier, at the end of the last one that an earlier process showed: it has
 * taps from before this start, and its length says so.
 */
void window_clock_reach_back(struct window_clock *c, uint64_t since_ms, struct window_now now);

/* When to wake for the next end, in monotonic nanoseconds. */
uint64_t window_clock_next(const struct window_clock *c, struct window_now now);

/* Closes the window at the last boundary that has passed. */
struct window_span window_clock_close(struct window_clock *c, struct window_now now);

/* Closes it at this moment, for the last window of a run. */
struct window_span window_clock_close_now(struct window_clock *c, struct window_now now);

#endif
