/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The batches that a worker is just counting, in the arena, so that a kill between any two of its
 * instructions neither loses nor doubles a tap: the packet is gone after a restart, its sequence
 * numbers are marked as counted, and nobody would count it again.
 *
 * The worker writes down what it is about to add and how the session's slot will change, claims
 * (changes the slot), and then, before each addition, stores in one word which one it is and what
 * the tally was. So the next process knows: the slot is as it was before, and nothing happened; or
 * it is as it was to become, and each addition was made if the tally is no longer what it was, for
 * nobody else adds to it. It finishes, or leaves out.
 *
 * If another worker changed the slot in between, the slot alone no longer tells. Its record may
 * (it keeps what it changed); if that is gone too, the batch is in doubt: not counted, but shown.
 * At most one datagram a worker can be.
 *
 * No fence is needed against a kill: a process that is killed stops between two instructions, and
 * on x86-64 stores become visible in program order. The compiler must keep that order; that is what
 * undo_step() is for.
 */
#ifndef DATAPLANE_UNDO_H
#define DATAPLANE_UNDO_H

#include "dataplane/sessions.h"
#include "wire/limits.h"

enum {
	UNDO_LAYOUT = 1,
	UNDO_ADDS_MAX = WIRE_BATCHES_MAX * WIRE_PAIRS_MAX, // text has at most as many reactions
	UNDO_TALLY_BITS = 48,
	UNDO_ARMED = 0xffff, // a step: the claim may have been made, no addition was
};

struct undo {
	/* Step (16 bits): 0 idle, i + 1 while addition i is made, UNDO_ARMED. Below it what the
	 * tally was, modulo 2^48. */
	_Alignas(64) uint64_t progress; // worker: wo; recovery: rw
	uint64_t slot;                  // its number in the table
	uint64_t was[2], becomes[2];    // the slot; kept when idle
	uint32_t row;                   // of the tallies
	uint32_t n;
	uint32_t adds[UNDO_ADDS_MAX]; // reaction << 16 | count
};

_Static_assert(
	(int)UNDO_ADDS_MAX >= (int)WIRE_REACTIONS_MAX, "a text may have every reaction once");

static inline uint32_t undo_add_of(unsigned reaction, unsigned count)
{
	return (uint32_t)reaction << 16 | count;
}

static inline unsigned undo_reaction(uint32_t add)
{
	return add >> 16;
}

static inline unsigned undo_count(uint32_t add)
{
	return add & 0xffff;
}

static inline unsigned undo_step_of(uint64_t progress)
{
	return (unsigned)(progress >> UNDO_TALLY_BITS);
}

/* perf/ builds the counting a second time with this, to show what the record costs. */
#ifdef PERF_WITHOUT_UNDO
enum { UNDO_RECORDED = 0 };
#else
enum { UNDO_RECORDED = 1 };
#endif

/* A store that the compiler moves nothing across; the processor keeps the order of stores. */
static inline void undo_step(struct undo *u, unsigned step, uint64_t tally)
{
	if (!UNDO_RECORDED)
		return;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&u->progress,
		(uint64_t)step << UNDO_TALLY_BITS | (tally & ((1ull << UNDO_TALLY_BITS) - 1)),
		__ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* What is written down before a claim. adds[0 .. n) are in place already. */
static inline void undo_arm(struct undo *u, const struct sessions *s, const struct session_claim *c,
	uint32_t row, unsigned n)
{
	u->n = n;
	if (!UNDO_RECORDED)
		return;
	u->slot = (uint64_t)((const char *)c->slot - (const char *)s->buckets) /
		  sizeof(struct session_slot);
	u->was[0] = c->was.who;
	u->was[1] = c->was.seen;
	u->becomes[0] = c->becomes.who;
	u->becomes[1] = c->becomes.seen;
	u->row = row;
	undo_step(u, UNDO_ARMED, 0);
}

static inline void undo_idle(struct undo *u)
{
	undo_step(u, 0, 0);
}

/* Makes the additions from the i-th on. row: the worker's tallies of the channel. */
static inline void undo_add_from(struct undo *u, uint64_t *row, unsigned i)
{
	for (unsigned n = u->n; i < n; i++) {
		uint64_t *tally = &row[undo_reaction(u->adds[i])];
		uint64_t was = *tally;

		undo_step(u, i + 1, was);
		__atomic_store_n(tally, was + undo_count(u->adds[i]), __ATOMIC_RELAXED);
	}
	undo_idle(u);
}

enum undo_outcome {
	UNDO_NOTHING,  // nothing was in flight
	UNDO_LEFT_OUT, // it had not been claimed
	UNDO_FINISHED,
	UNDO_IN_DOUBT, // left out; it may have been claimed
};

/*
 * After a kill, for the record of worker `self` of `workers`: finishes or leaves out, and makes the
 * record idle. tallies: that worker's, [rows][stride]. Taps that were left out in doubt are added
 * to *in_doubt. May itself be killed and run again. No worker may run.
 */
enum undo_outcome undo_resolve(struct undo *all, unsigned workers, unsigned self,
	const struct sessions *s, uint64_t *tallies, uint32_t rows, uint32_t stride,
	uint64_t *in_doubt);

#endif
