/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What one worker counted, in the arena. The sequence is odd while it is at work on a burst, at the
 * end of which it adds what the burst brought, and even between bursts, so that a reader can tell a
 * consistent copy. One writer, no lock.
 *
 * The stores need no fence on x86-64 (stores are seen in program order); the atomics below keep
 * the compiler from moving them. A process that dies in the middle of a burst leaves the sequence
 * odd; control/recovery.c makes such a block consistent again before a worker takes it over.
 */
#ifndef DATAPLANE_WORKER_STATS_H
#define DATAPLANE_WORKER_STATS_H

#include "dataplane/load.h"
#include "wire/refusal.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WORKER_STATS_LAYOUT = 4,
	WORKER_STATS_WITHOUT_PASSED = 3, // the same, but for that field
};

struct worker_stats {
	uint64_t rx; // frames taken from the device
	uint64_t rx_bytes;
	uint64_t bursts; // receive calls that brought something
	uint64_t accepted;
	uint64_t batches; // in accepted datagrams
	uint64_t batches_counted;
	uint64_t batches_duplicate; // counted before
	uint64_t batches_stale;     // older than what is remembered of their session
	uint64_t batches_limited;   // beyond what a session may bring
	uint64_t taps_counted;      // a counter of its own, not taken from the tallies
	uint64_t taps_limited;      // in limited batches
	uint64_t taps_recovered; // found in the tallies after a kill, and not yet in taps_counted
	uint64_t taps_in_doubt;  // in flight at a kill; whether they were counted is not known
	uint64_t sessions_begun; // seen for the first time
	uint64_t sessions_displaced; // forgotten, because another one needed the place
	uint64_t answers_sent;
	uint64_t answers_with_frame; // of those that were sent
	uint64_t answers_dropped;    // the queue to send was full
	uint64_t answers_limited;    // beyond what is answered a second
	uint64_t answers_unfit;      // asked for by a frame that is not to be answered
	uint64_t passed;             // frames handed on to the kernel
	uint64_t refused[REFUSALS];
};

struct worker_block {
	_Alignas(64) uint64_t sequence; // worker: wo, control: ro
	/*
	 * How often the queue was found empty. A reader that sees it grow by two knows of a whole
	 * look at the queue since it began to watch: what was in the queue then was received.
	 */
	uint64_t empty_polls;      // worker: wo, control: ro
	struct worker_load load;   // worker: wo, control: ro
	struct worker_stats stats; // worker: wo, control: ro
};

static inline void worker_block_saw_empty_queue(struct worker_block *b)
{
	__atomic_store_n(&b->empty_polls, b->empty_polls + 1, __ATOMIC_RELEASE);
}

static inline uint64_t worker_block_empty_polls(const struct worker_block *b)
{
	return __atomic_load_n(&b->empty_polls, __ATOMIC_ACQUIRE);
}

static inline void worker_block_begin(struct worker_block *b)
{
	__atomic_store_n(&b->sequence, b->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void worker_block_end(struct worker_block *b)
{
	__atomic_store_n(&b->sequence, b->sequence + 1, __ATOMIC_RELEASE);
}

/*
 * Copies a consistent state. Returns false, with a torn copy, if the worker stayed in one burst
 * for the whole patience: it hangs, or was stopped. That burst is noted in hung_in, which the
 * reader keeps for each worker (0: none yet), so that nobody waits for the end of it a second time.
 */
bool worker_block_read(const struct worker_block *b, struct worker_stats *out, uint64_t *hung_in);

/* Waits, within the same patience, until the burst that is being worked on now is done. */
bool worker_block_settle(const struct worker_block *b, uint64_t *hung_in);

/* sum += add, every field. */
void worker_stats_add(struct worker_stats *sum, const struct worker_stats *add);

uint64_t worker_stats_refused(const struct worker_stats *s);

#endif
