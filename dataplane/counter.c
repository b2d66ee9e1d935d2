/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/counter.h"

#include "wire/utf8.h"

/* Aligned 64-bit stores: control reads whole values while we add. */
static inline void tally_add(uint64_t *tally, uint64_t n)
{
	__atomic_store_n(tally, *tally + n, __ATOMIC_RELAXED);
}

static enum refusal admitted(const struct policy *p, struct reaction_datagram *d, uint16_t *row)
{
	if ((d->flags & REACTION_PLAIN) != 0) {
		if (!p->plain_text)
			return REFUSED_text_off;
		d->channel = p->text_channel;
	} else if (d->sequence == 0 && d->batches != 0 && !p->unsequenced) {
		return REFUSED_unsequenced_off;
	}
	*row = p->row_of[d->channel];
	return *row == POLICY_NO_ROW ? REFUSED_channel : REFUSED_none;
}

/* One unknown id refuses the whole datagram, also in a batch that would not count. */
static bool all_known(const struct policy *p, const struct reaction_datagram *d)
{
	const uint8_t *at = d->body;

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

static uint64_t count_batch(uint64_t *row, struct reaction_batch batch)
{
	uint64_t taps = 0;

	for (unsigned i = 0; i < batch.n; i++) {
		tally_add(&row[batch.pairs[2 * i]], batch.pairs[2 * i + 1]);
		taps += batch.pairs[2 * i + 1];
	}
	return taps;
}

static enum refusal count_batches(
	struct counter *c, const struct reaction_datagram *d, uint64_t *row)
{
	struct worker_stats *s = c->stats;

	if (!all_known(c->policy, d))
		return REFUSED_reaction;
	if (d->batches == 0)
		return REFUSED_none;
	s->taps_counted += count_batch(row, reaction_batch_at(d->body));
	s->batches += d->batches;
	s->batches_counted++;
	s->batches_repeated += d->batches - 1u;
	return REFUSED_none;
}

static enum refusal count_text(struct counter *c, const struct reaction_datagram *d, uint64_t *row)
{
	struct worker_stats *s = c->stats;

	if (!utf8_valid(d->body, d->body_len))
		return REFUSED_text_utf8;
	const struct text_hits *hits = text_scan(c->scanner, d->body, d->body_len);
	if (hits->n == 0)
		return REFUSED_text_no_reaction;
	for (unsigned i = 0; i < hits->n; i++)
		tally_add(&row[hits->reactions[i]], 1);
	s->taps_counted += hits->n;
	s->batches++;
	s->batches_counted++;
	return REFUSED_none;
}

enum refusal counter_take(struct counter *c, const uint8_t *payload, size_t len)
{
	struct reaction_datagram d;
	uint16_t row;
	enum refusal r = reaction_decode(payload, len, &d);

	if (r == REFUSED_none)
		r = admitted(c->policy, &d, &row);
	if (r != REFUSED_none)
		return r;
	uint64_t *tallies = c->tallies + (size_t)row * c->stride;
	if ((d.flags & REACTION_TEXT) != 0)
		r = count_text(c, &d, tallies);
	else
		r = count_batches(c, &d, tallies);
	/* Plain text has no session. */
	if (r == REFUSED_none && d.session != 0 && d.batches != 0)
		reactors_note(&c->reactors, row, reactors_hash(c->reactors.head, d.session));
	return r;
}
