/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/counting.h"

#include "wire/bytes.h"
#include "wire/utf8.h"

/* May this be counted here at all? Finds the row of its channel. */
static enum refusal ask_policy(const struct policy *p, struct reaction_datagram *d, uint16_t *row)
{
	if ((d->flags & REACTION_PLAIN) != 0) {
		if (!p->plain_text)
			return REFUSED_text_off;
		d->channel = p->text_channel;
	} else if (d->sequence == 0 && d->batches != 0 && !p->unsequenced) {
		return REFUSED_unsequenced_off;
	}
	*row = p->row_of[d->channel];
	return *row == POLICY_NO_ROW ? ticket_gate_pass(&p->gate, d, row) : REFUSED_none;
}

/* One unknown id refuses the whole datagram, also in a batch that will not count. */
static bool all_known(const struct policy *p, const struct reaction_datagram *d)
{
	const uint8_t *at = d->body;

	if (!d->high_ids)
		return (d->ids & ~p->known[0]) == 0;
	for (unsigned i = 0; i < d->batches; i++) {
		struct reaction_batch batch = reaction_batch_at(at);

		for (unsigned j = 0; j < batch.n; j++) {
			if (!policy_knows(p, batch.pairs[2 * j]))
				return false;
		}
		at = reaction_batch_end(batch);
	}
	return true;
}

/* The newest batch is what will most likely be added. */
static void fetch_tallies(const struct pending *p)
{
	struct reaction_batch batch = reaction_batch_at(p->body);

	for (unsigned i = 0; i < batch.n; i++)
		__builtin_prefetch(&p->tallies[batch.pairs[2 * i]], 1);
}

/*
 * Batches without flags on a channel that is open to everybody, as clients send them that ask for
 * nothing: a part of all checks, together. False: the others find out.
 */
static inline bool admit_batches(
	const struct counter *c, const uint8_t *payload, size_t len, struct pending *p)
{
	const uint8_t *body = payload + WIRE_HEADER_LEN;

	if (len <= WIRE_HEADER_LEN || len > WIRE_PAYLOAD_MAX ||
		load_be16(payload) != (REACTION_MAGIC << 8 | WIRE_VERSION << 4))
		return false;
	uint32_t sequence = load_be32(payload + 12);
	unsigned batches = payload[4];
	uint16_t row = c->policy->row_of[load_be16(payload + 2)];
	p->session = load_be64(payload + 5) >> 8;
	if (p->session == 0 || row == POLICY_NO_ROW || batches - 1 >= WIRE_BATCHES_MAX ||
		batches > (uint64_t)sequence + (sequence == 0) ||
		(sequence == 0 && !c->policy->unsequenced))
		return false;
	struct reaction_body b = reaction_read_batches(body, payload + len, batches, 0);
	if (b.len == REACTION_MALFORMED || b.high_ids || (b.ids & ~c->policy->known[0]) != 0)
		return false;
	p->bucket = NULL;
	p->tallies = c->tallies + (size_t)row * c->stride;
	p->body = body;
	p->sequence = sequence;
	p->row = row;
	p->body_len = b.len;
	p->batches = (uint8_t)batches;
	p->flags = 0;
	p->single = false;
	fetch_tallies(p);
	if (sequence != 0)
		counting_find_session(c, p);
	return true;
}

enum refusal counting_admit(
	const struct counter *c, const uint8_t *payload, size_t len, struct pending *p)
{
	struct reaction_datagram d;
	uint16_t row;
	enum refusal r;

	if (COUNTING_LIKELY(admit_batches(c, payload, len, p)))
		return REFUSED_none;
	r = reaction_decode(payload, len, &d);
	if (r == REFUSED_none)
		r = ask_policy(c->policy, &d, &row);
	if (r != REFUSED_none)
		return r;
	if ((d.flags & REACTION_TEXT) == 0 && !all_known(c->policy, &d))
		return REFUSED_reaction;
	p->bucket = NULL;
	p->session = d.session;
	p->tallies = c->tallies + (size_t)row * c->stride;
	p->body = d.body;
	p->sequence = d.sequence;
	p->row = row;
	p->body_len = d.body_len;
	p->batches = d.batches;
	p->flags = d.flags;
	p->single = false;
	if (d.sequence != 0 || d.batches == 0)
		counting_find_session(c, p);
	if ((d.flags & REACTION_TEXT) == 0 && d.batches != 0)
		fetch_tallies(p);
	return REFUSED_none;
}

/* The additions of one batch, written down behind those that are there. Returns its taps. */
static unsigned write_batch(struct undo *u, unsigned *n, struct reaction_batch batch)
{
	unsigned taps = 0, at = *n;

	for (unsigned i = 0; i < batch.n; i++) {
		u->adds[at++] = undo_add_of(batch.pairs[2 * i], batch.pairs[2 * i + 1]);
		taps += batch.pairs[2 * i + 1];
	}
	*n = at;
	return taps;
}

/* The batches that were not counted before, newest first: it has the first claim on the limit. */
static void bill_batches(
	const struct counter *c, const struct pending *p, uint32_t fresh, struct counting_bill *b)
{
	const uint8_t *at = p->body;

	for (unsigned i = 0; fresh >> i != 0; i++) {
		struct reaction_batch batch = reaction_batch_at(at);

		if ((fresh >> i & 1) != 0) {
			unsigned n = b->n;
			unsigned taps = write_batch(c->undo, &n, batch);

			counting_add_to_bill(c, b, taps, n);
		}
		at = reaction_batch_end(batch);
	}
}

/* One addition for each reaction that the text has, however often. Returns how many additions. */
static unsigned write_hits(struct undo *u, const struct text_hits *hits)
{
	uint16_t place[WIRE_REACTIONS_MAX] = {0};
	unsigned n = 0;

	for (unsigned i = 0; i < hits->n; i++) {
		uint8_t reaction = hits->reactions[i];

		if (place[reaction] == 0) {
			u->adds[n++] = undo_add_of(reaction, 0);
			place[reaction] = (uint16_t)n;
		}
		u->adds[place[reaction] - 1]++;
	}
	return n;
}

static enum answer_status status_of(
	const struct session_claim *claim, const struct counting_bill *bill)
{
	if ((claim->fresh & 1) == 0)
		return ANSWER_DUPLICATE;
	return bill->first_limited ? ANSWER_LIMITED : ANSWER_COUNTED;
}

/* hits: of its text, or NULL for batches. */
static enum answer_status settle_session(struct counter *c, const struct pending *p,
	const struct text_hits *hits, struct counted *sum)
{
	unsigned n = hits != NULL ? write_hits(c->undo, hits) : 0;
	struct session_claim claim;
	struct counting_bill bill;

	do {
		session_look(p->bucket, p->session, p->sequence, p->batches, c->owner, &claim);
		bill = counting_open_bill(c, p, &claim);
		if (claim.fresh == 0)
			break;
		if (hits != NULL)
			counting_add_to_bill(c, &bill, hits->n, n);
		else
			bill_batches(c, p, claim.fresh, &bill);
	} while (!counting_claim(c, p, &claim, &bill));
	if (claim.fresh != 0)
		undo_add_from(c->undo, p->tallies, 0);
	if (bill.counted != 0) {
		moved_mark(c->moved, p->row);
		counting_note_reactor(c, p);
	}
	sum->batches += p->batches;
	sum->batches_counted += bill.counted;
	sum->taps_counted += bill.taps;
	counting_sum_rest(&claim, p->batches, &bill, sum);
	return status_of(&claim, &bill);
}

/* Counts as often as it arrives, within a bound for all of them. */
static enum refusal settle_unsequenced(struct counter *c, const struct pending *p,
	const struct text_hits *hits, struct counted *sum)
{
	struct reaction_batch batch = reaction_batch_at(p->body);
	uint64_t *tallies = p->tallies;
	unsigned taps = 0;

	if (c->unsequenced_budget == 0)
		return REFUSED_unsequenced_rate;
	c->unsequenced_budget--;
	for (unsigned i = 0; hits == NULL && i < batch.n; i++) {
		tally_add(&tallies[batch.pairs[2 * i]], batch.pairs[2 * i + 1]);
		taps += batch.pairs[2 * i + 1];
	}
	for (unsigned i = 0; hits != NULL && i < hits->n; i++)
		tally_add(&tallies[hits->reactions[i]], 1);
	moved_mark(c->moved, p->row);
	sum->taps_counted += hits != NULL ? hits->n : taps;
	counting_note_reactor(c, p);
	sum->batches++;
	sum->batches_counted++;
	return REFUSED_none;
}

/* Text is looked at last, for it is dearest. */
static enum refusal find_reactions(
	struct counter *c, const struct pending *p, const struct text_hits **hits)
{
	*hits = NULL;
	if ((p->flags & REACTION_TEXT) == 0)
		return REFUSED_none;
	if (!utf8_valid(p->body, p->body_len))
		return REFUSED_text_utf8;
	*hits = text_scan(c->scanner, p->body, p->body_len);
	return (*hits)->n == 0 ? REFUSED_text_no_reaction : REFUSED_none;
}

enum refusal counting_settle(struct counter *c, const struct pending *p, struct counted *sum,
	struct counting_receipt *receipt)
{
	const struct text_hits *hits;
	enum refusal r = find_reactions(c, p, &hits);

	if (r != REFUSED_none)
		return r;
	if (p->batches == 0) {
		receipt->status = ANSWER_NOTHING;
		receipt->sequence = session_newest(p->bucket, p->session);
		return REFUSED_none;
	}
	receipt->status = ANSWER_COUNTED;
	if (p->bucket == NULL)
		return settle_unsequenced(c, p, hits, sum);
	receipt->status = settle_session(c, p, hits, sum);
	return REFUSED_none;
}

enum refusal counter_take(struct counter *c, const uint8_t *payload, size_t len)
{
	struct counted sum = {0};
	struct counting_receipt receipt;
	struct pending p;
	enum refusal r = counting_admit(c, payload, len, &p);

	if (r == REFUSED_none)
		r = counting_settle(c, &p, &sum, &receipt);
	counting_publish(c->stats, &sum);
	return r;
}
