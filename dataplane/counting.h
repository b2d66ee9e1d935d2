/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How a payload is counted, inline, for the worker's loop. In two passes, so that the memory that
 * the second one needs is on its way while the first is busy with other datagrams of the burst:
 *
 *   counting_admit()   decodes and checks; finds the channel's tallies and the session's bucket
 *   counting_settle()  claims the batches that were not counted yet, and adds them
 *
 * What comes most often, one batch of one reaction, has a way of its own through both
 * (counting_single.h). Statistics are gathered in a structure of the caller and published once a
 * burst.
 */
#ifndef DATAPLANE_COUNTING_H
#define DATAPLANE_COUNTING_H

#include "dataplane/counter.h"
#include "dataplane/session_limits.h"
#include "wire/answer.h"
#include "wire/reaction.h"

#define COUNTING_INLINE static inline __attribute__((always_inline))
#define COUNTING_LIKELY(x) __builtin_expect(!!(x), 1)
#define COUNTING_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* What a burst adds to the statistics. */
struct counted {
	uint64_t accepted;
	uint64_t batches, batches_counted, batches_duplicate, batches_stale, batches_limited;
	uint64_t taps_counted, taps_limited;
	uint64_t sessions_begun, sessions_displaced;
};

/* A datagram between the passes. */
struct pending {
	struct session_bucket *bucket; // NULL: unsequenced
	uint64_t session;
	uint64_t *tallies;   // of the channel
	const uint8_t *body; // in the frame
	uint32_t sequence;
	uint16_t row;
	uint16_t body_len;
	uint8_t batches;
	uint8_t flags;
	bool single;   // one batch of one reaction, of a session (counting_single.h)
	uint8_t frame; // its place in the burst; not used by the short way
};

/* What a client may ask about its datagram. */
struct counting_receipt {
	enum answer_status status;
	uint32_t sequence; // newest of the session, if nothing was reported
};

/* Aligned 64-bit stores: control reads whole values while we add. */
static inline void tally_add(uint64_t *tally, uint64_t n)
{
	__atomic_store_n(tally, *tally + n, __ATOMIC_RELAXED);
}

/* The session reacted. Plain text has none. */
COUNTING_INLINE void counting_note_reactor(struct counter *c, const struct pending *p)
{
	if (c->reactors.rows != NULL && p->session != 0)
		reactors_note(&c->reactors, p->row, reactors_hash(c->reactors.head, p->session));
}

COUNTING_INLINE void counting_find_session(const struct counter *c, struct pending *p)
{
	p->bucket = session_bucket(&c->sessions, session_hash(&c->sessions, p->session));
	__builtin_prefetch(p->bucket, 1);
}

/* REFUSED_none with *p filled in, or the first reason. */
enum refusal counting_admit(
	const struct counter *c, const uint8_t *payload, size_t len, struct pending *p);

/* What a claim brings: additions in the undo record, and what became of the batches. */
struct counting_bill {
	unsigned n; // additions
	uint32_t paid;
	unsigned counted, limited; // batches
	bool first_limited;        // the first batch of it, so the newest if that is fresh
	unsigned taps, taps_limited;
};

COUNTING_INLINE void counting_add_to_bill(
	const struct counter *c, struct counting_bill *b, unsigned taps, unsigned n)
{
	const struct session_limits *limits = &c->policy->session_limits;

	if (limits->on && !session_limits_allow(limits, c->now, &b->paid, taps)) {
		b->first_limited |= b->counted + b->limited == 0;
		b->limited++;
		b->taps_limited += taps;
		return;
	}
	b->counted++;
	b->taps += taps;
	b->n = n;
}

/* What is not so with most of them. */
COUNTING_INLINE void counting_sum_rest(const struct session_claim *claim, unsigned batches,
	const struct counting_bill *b, struct counted *sum)
{
	if (COUNTING_UNLIKELY(b->counted != batches)) {
		sum->batches_limited += b->limited;
		sum->batches_stale += claim->stale;
		sum->batches_duplicate += batches - b->counted - b->limited - claim->stale;
		sum->taps_limited += b->taps_limited;
	}
	if (COUNTING_UNLIKELY(claim->first)) {
		sum->sessions_begun++;
		sum->sessions_displaced += claim->was.who != 0;
	}
}

COUNTING_INLINE struct counting_bill counting_open_bill(
	const struct counter *c, const struct pending *p, const struct session_claim *claim)
{
	return (struct counting_bill){.paid = claim->first ? c->now : p->bucket->paid[claim->at]};
}

/* Marks the batches as counted, then counts them. False if another worker was quicker. */
COUNTING_INLINE bool counting_claim(const struct counter *c, const struct pending *p,
	const struct session_claim *claim, const struct counting_bill *b)
{
	undo_arm(c->undo, &c->sessions, claim, p->row, b->n);
	if (COUNTING_UNLIKELY(!session_commit(claim))) {
		undo_idle(c->undo);
		return false;
	}
	p->bucket->paid[claim->at] = b->paid;
	return true;
}

/*
 * Counts an admitted datagram, or names the reason that only now was found; then there is no
 * receipt.
 */
enum refusal counting_settle(struct counter *c, const struct pending *p, struct counted *sum,
	struct counting_receipt *receipt);

static inline void counting_publish(struct worker_stats *s, const struct counted *sum)
{
	s->accepted += sum->accepted;
	s->batches += sum->batches;
	s->batches_counted += sum->batches_counted;
	s->batches_duplicate += sum->batches_duplicate;
	s->batches_stale += sum->batches_stale;
	s->batches_limited += sum->batches_limited;
	s->taps_counted += sum->taps_counted;
	s->taps_limited += sum->taps_limited;
	s->sessions_begun += sum->sessions_begun;
	s->sessions_displaced += sum->sessions_displaced;
}

#endif
