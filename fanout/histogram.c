/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/histogram.h"

#include "fanout/stats.h"

const uint32_t histogram_bounds[HISTOGRAM_BOUNDS] = {50, 75, 100, 150, 200, 300, 500, 750, 1000,
	1500, 2000, 3000, 5000, 7500, 10000, 15000, 20000, 30000, 50000, 75000, 100000, 150000,
	200000, 300000, 500000, 750000, 1000000, 2000000, 5000000, 10000000};

void histogram_add(struct histogram *h, uint64_t nanoseconds)
{
	unsigned i = 0;

	while (i < HISTOGRAM_BOUNDS && nanoseconds > histogram_bounds[i] * 1000ull)
		i++;
	stat_add(&h->count, 1);
	stat_add(&h->sum, nanoseconds);
	stat_add(&h->classes[i], 1);
	__atomic_store_n(&h->newest, nanoseconds, __ATOMIC_RELAXED);
}

static uint64_t load(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

void histogram_sum(struct histogram *sum, const struct histogram *from)
{
	uint64_t newest = load(&from->newest);

	sum->count += load(&from->count);
	sum->sum += load(&from->sum);
	sum->newest = newest > sum->newest ? newest : sum->newest;
	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++)
		sum->classes[i] += load(&from->classes[i]);
}

uint32_t histogram_quantile(const struct histogram *h, double q)
{
	uint64_t all = 0, before = 0;

	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++)
		all += h->classes[i];
	if (all == 0)
		return 0;
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		before += h->classes[i];
		if ((double)before >= q * (double)all)
			return histogram_bounds[i];
	}
	return 2 * histogram_bounds[HISTOGRAM_BOUNDS - 1];
}
