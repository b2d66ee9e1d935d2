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
#include "dataplane/single_shape.h"
#include "wire/bytes.h"

/* One batch of one reaction, no flags? What the fields say is another question. */
COUNTING_INLINE bool counting_is_single(const uint8_t *payload, size_t len)
{
	/* Magic, version and flags, batches: bytes 0, 1 and 4. */
	const uint64_t mask = 0xffff0000ff000000, wanted = (uint64_t)REACTION_MAGIC << 56 |
							   (uint64_t)WIRE_VERSION << 52 | 1 << 24;

	return len == SINGLE_PAYLOAD_LEN && (load_be64(payload) & mask) == wanted &&
	       payload[WIRE_HEADER_LEN] == 1;
}

/* Fills in *p but for the bucket. False: counting_admit() is to find out. */
COUNTING_INLINE bool counting_admit_single(
	const struct counter *c, const uint8_t *payload, struct pending *p)
{
	const uint8_t *body = payload + WIRE_HEADER_LEN;
	uint16_t row = c->policy->row_of[load_be16(payload + 2)];

	p->session = load_be64(payload + 5) >> 8;
	if (COUNTING_UNLIKELY(body[2] == 0 || p->session == 0 || row == POLICY_NO_ROW ||
			      !policy_knows(c->policy, body[1])))
		return false;
	p->bucket = NULL;
	p->tallies = c->tallies + (size_t)row * c->stride;
	p->body = body;
	p->sequence = load_be32(payload + 12);
	p->row = row;
	p->batches = 1;
	p->flags = 0;
	p->single = true;
	return true;
}

/* An addition that waits for its tally. */
struct counting_add {
	uint64_t *tally;
	uint32_t taps;
	uint32_t row;
};

/* One without a sequence. False if they are switched off, or too many. */
COUNTING_INLINE bool counting_allow_single(
	struct counter *c, const struct pending *p, struct counting_add *out)
{
	if (COUNTING_UNLIKELY(c->unsequenced_budget == 0 || !c->policy->unsequenced))
		return false;
	c->unsequenced_budget--;
	out->tally = &p->tallies[p->body[1]];
	out->taps = p->body[2];
	out->row = p->row;
	counting_note_reactor(c, p);
	return true;
}

COUNTING_INLINE void counting_add_singles(
	bool *moved, const struct counting_add *adds, unsigned n, struct counted *sum)
{
	uint64_t taps = 0;

	for (unsigned i = 0; i < n; i++) {
		tally_add(adds[i].tally, adds[i].taps);
		moved_mark(moved, adds[i].row);
		taps += adds[i].taps;
	}
	sum->accepted += n;
	sum->taps_counted += taps;
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
		moved_mark(c->moved, p->row);
		counting_note_reactor(c, p);
	}
	undo_idle(c->undo);
	sum->accepted++;
	sum->taps_counted += bill.taps;
	counting_sum_rest(&claim, 1, &bill, sum);
}

/* What follows from the other sums, as each of them was one batch. */
static inline void counting_close_singles(struct counted *sum)
{
	sum->batches = sum->accepted;
	sum->batches_counted =
		sum->accepted - sum->batches_duplicate - sum->batches_stale - sum->batches_limited;
}

#endif
