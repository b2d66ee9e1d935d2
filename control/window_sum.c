/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/window_sum.h"

uint64_t window_sum_count(struct window_sum *sum, const uint64_t *counts, unsigned n)
{
	uint64_t taps = 0;

	for (unsigned i = 0; i < n; i++) {
		sum->counts[i] += counts[i];
		taps += counts[i];
	}
	sum->taps += taps;
	return taps;
}

void window_sum_add(struct window_sum *sum, const struct window_sum *other, unsigned n)
{
	if (other->taps == 0)
		return;
	window_sum_count(sum, other->counts, n);
	hyperloglog_merge(&sum->people, &other->people);
}

void window_sum_clear(struct window_sum *sum, unsigned n)
{
	if (sum->taps == 0)
		return;
	sum->taps = 0;
	memset(&sum->people, 0, sizeof(sum->people));
	memset(sum->counts, 0, n * sizeof(*sum->counts));
}
