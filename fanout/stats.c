/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/stats.h"

void stats_sum(struct fanout_stats *sum, const struct fanout_stats *from)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *counter = (const uint64_t *)from;

	_Static_assert(sizeof(*sum) % sizeof(*to) == 0, "the statistics are counters only");
	for (unsigned i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += __atomic_load_n(&counter[i], __ATOMIC_RELAXED);
}
