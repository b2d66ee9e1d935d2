/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The way of the datagram that comes most often: one batch of one reaction, no flags. It does what
 * counting_admit() and counting_settle() do, in fewer instructions: all checks of the first pass
 * are taken together, and the second one has no loop. Everything that is not so, or is wrong, goes
 * the general way, which names the reason; docs/performance.md says what it saves.
 */
#ifndef DATAPLANE_COUNTING_SINGLE_H
#define DATAPLANE_COUNTING_SINGLE_H

#include "dataplane/counting.h"
#include "wire/bytes.h"

/* Fills in *p but for the bucket. False: counting_admit() is to find out. */
COUNTING_INLINE bool counting_admit_single(
	const struct counter *c, const uint8_t *payload, size_t len, struct pending *p)
{
	enum { LEN = WIRE_HEADER_LEN + 3 };
	/* Magic, version and flags, batches: bytes 0, 1 and 4. */
	const uint64_t mask = 0xffff0000ff000000, wanted = (uint64_t)REACTION_MAGIC << 56 |
							   (uint64_t)WIRE_VERSION << 52 | 1 << 24;
	const uint8_t *body = payload + WIRE_HEADER_LEN;

	if (len != LEN)
		return false;
	uint64_t first = load_be64(payload), last = load_be64(payload + 8);
	uint16_t row = c->policy->row_of[first >> 32 & 0xffff];
	p->session = (first << 32 | last >> 32) << 8 >> 8;
	if ((first & mask) != wanted || body[0] != 1 || body[2] == 0 || p->session == 0 ||
		row == POLICY_NO_ROW || !policy_knows(c->policy, body[1]))
		return false;
	p->bucket = NULL;
	p->tallies = c->tallies + (size_t)row * c->stride;
	p->body = body;
	p->sequence = (uint32_t)last;
	p->row = row;
	p->batches = 1;
	p->flags = 0;
	p->single = true;
	return true;
}

/* One without a sequence. False if they are switched off, or too many. */
COUNTING_INLINE bool counting_add_single(
	struct counter *c, const struct pending *p, struct counted *sum)
{
	if (COUNTING_UNLIKELY(c->unsequenced_budget == 0 || !c->policy->unsequenced))
		return false;
	c->unsequenced_budget--;
	tally_add(&p->tallies[p->body[1]], p->body[2]);
	sum->taps_counted += p->body[2];
	sum->batches++;
	sum->batches_counted++;
	counting_note_reactor(c, p);
	return true;
}

COUNTING_INLINE void counting_settle_single(
	struct counter *c, const struct pending *p, struct counted *sum)
{
	unsigned reaction = p->body[1], taps = p->body[2];
	uint64_t *tally = &p->tallies[reaction];
	struct session_claim claim;
	struct counting_bill bill;

	c->undo->adds[0] = undo_add_of(reaction, taps);
	do {
		session_look(p->bucket, p->session, p->sequence, 1, c->owner, &claim);
		bill = counting_open_bill(c, p, &claim);
		if (COUNTING_UNLIKELY(claim.fresh == 0))
			break;
		counting_add_to_bill(c, &bill, taps, 1);
	} while (!counting_claim(c, p, &claim, &bill));
	if (COUNTING_LIKELY(bill.n != 0)) {
		undo_step(c->undo, 1, *tally);
		tally_add(tally, taps);
		counting_note_reactor(c, p);
	}
	undo_idle(c->undo);
	counting_sum_claim(&claim, 1, &bill, sum);
}

#endif
