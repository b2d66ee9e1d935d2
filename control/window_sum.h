/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What some channels have in a window together: taps by reaction, and people, each once.
 */
#ifndef CONTROL_WINDOW_SUM_H
#define CONTROL_WINDOW_SUM_H

#include "control/hyperloglog.h"

#include <stdint.h>

struct window_sum {
	uint64_t taps;
	struct hyperloglog people;
	uint64_t *counts; // [n]: by reaction
};

/* Taps of a channel. Returns how many. */
uint64_t window_sum_count(struct window_sum *sum, const uint64_t *counts, unsigned n);

/* The whole of another sum. */
void window_sum_add(struct window_sum *sum, const struct window_sum *other, unsigned n);

/* Nothing any more. */
void window_sum_clear(struct window_sum *sum, unsigned n);

#endif
