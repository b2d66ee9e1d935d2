/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Counters that one thread writes and any thread reads: plain relaxed stores and loads, no locked
 * instruction. A thread's struct fanout_stats is: the thread rw, others ro.
 */
#ifndef FANOUT_STATS_H
#define FANOUT_STATS_H

#include "fanout/fanout.h"

static inline void stat_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

static inline void stat_subtract(uint64_t *counter, uint64_t n)
{
	stat_add(counter, -n);
}

static inline void stat_refused(struct fanout_stats *stats, enum fanout_refusal reason)
{
	stat_add(&stats->refused, 1);
	stat_add(&stats->refusals[reason], 1);
}

/* Adds each counter of from to the same of sum. */
void stats_sum(struct fanout_stats *sum, const struct fanout_stats *from);

#endif
