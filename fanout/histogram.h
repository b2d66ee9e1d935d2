/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How long something took, over and over: counts in classes of fixed upper bounds. One thread
 * writes, any thread reads, as with the counters of stats.h.
 */
#ifndef FANOUT_HISTOGRAM_H
#define FANOUT_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BOUNDS = 30 };

/* Upper bounds in microseconds, inclusive; the class behind the last has none. */
extern const uint32_t histogram_bounds[HISTOGRAM_BOUNDS];

struct histogram {
	uint64_t count;
	uint64_t sum;    // nanoseconds
	uint64_t newest; // nanoseconds
	uint64_t classes[HISTOGRAM_BOUNDS + 1];
};

void histogram_add(struct histogram *h, uint64_t nanoseconds);

/* Adds what from has; newest is the larger of both. */
void histogram_sum(struct histogram *sum, const struct histogram *from);

/*
 * The upper bound, in microseconds, of the class in which the share q (0 to 1) of all is reached; 0
 * if there is nothing, twice the last bound if it is the class behind.
 */
uint32_t histogram_quantile(const struct histogram *h, double q);

#endif
