/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/worker_stats.h"

#include <sched.h>
#include <string.h>
#include <time.h>

/* A burst takes microseconds; a worker without a core of its own may be away for many time slices.
 */
enum { PATIENCE_MS = 400 };

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool try_read(const struct worker_block *b, struct worker_stats *out)
{
	uint64_t before = __atomic_load_n(&b->sequence, __ATOMIC_ACQUIRE);

	memcpy(out, &b->stats, sizeof(*out));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return before % 2 == 0 && __atomic_load_n(&b->sequence, __ATOMIC_RELAXED) == before;
}

static uint64_t sequence_of(const struct worker_block *b)
{
	return __atomic_load_n(&b->sequence, __ATOMIC_ACQUIRE);
}

/* Has the worker been in the burst that it was in for so long that it is of no use to wait? */
static bool hangs(
	const struct worker_block *b, uint64_t begun, uint64_t deadline_ms, uint64_t *hung_in)
{
	bool same = begun % 2 != 0 && sequence_of(b) == begun;

	if (same && *hung_in == begun)
		return true;
	if (now_ms() < deadline_ms)
		return false;
	if (same)
		*hung_in = begun;
	return true;
}

bool worker_block_read(const struct worker_block *b, struct worker_stats *out, uint64_t *hung_in)
{
	uint64_t begun = sequence_of(b), deadline = now_ms() + PATIENCE_MS;

	for (unsigned tries = 1; !try_read(b, out); tries++) {
		if (tries % 64 != 0)
			continue;
		if (hangs(b, begun, deadline, hung_in))
			return false;
		sched_yield();
	}
	return true;
}

bool worker_block_settle(const struct worker_block *b, uint64_t *hung_in)
{
	uint64_t begun = sequence_of(b), deadline = now_ms() + PATIENCE_MS;

	while (begun % 2 != 0 && sequence_of(b) == begun) {
		if (hangs(b, begun, deadline, hung_in))
			return false;
		sched_yield();
	}
	return true;
}

/* The structure is nothing but counters. */
void worker_stats_add(struct worker_stats *sum, const struct worker_stats *add)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)add;

	for (unsigned i = 0; i < sizeof(*sum) / sizeof(uint64_t); i++)
		to[i] += from[i];
}

uint64_t worker_stats_refused(const struct worker_stats *s)
{
	uint64_t sum = 0;

	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		sum += s->refused[r];
	return sum;
}
