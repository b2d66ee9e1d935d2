/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The decoder against a second, plain one, on datagrams that are random, and on well-formed ones
 * that were damaged a little: the latter come past the first checks.
 */

#include "plain_decoder.h"
#include "seeded_random.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ROUNDS = 2000000, ROOM = 1400 };

struct datagram {
	uint8_t bytes[ROOM];
	size_t len;
};

static void put_byte(struct datagram *d, unsigned byte)
{
	d->bytes[d->len++] = (uint8_t)byte;
}

static void put_random_batch(struct datagram *d, struct seeded_random *r)
{
	unsigned n = random_below(r, 8) == 0 ? 1 + random_below(r, 32) : 1 + random_below(r, 3);
	unsigned id = random_below(r, 256);

	put_byte(d, n);
	for (unsigned i = 0; i < n; i++) {
		put_byte(d, id);
		put_byte(d, 1 + random_below(r, 255));
		id += 1 + random_below(r, 7); // at most 32 * 7 further, so never the same again
	}
}

static void put_random_text(struct datagram *d, struct seeded_random *r)
{
	for (unsigned n = 1 + random_below(r, random_below(r, 16) == 0 ? 520 : 20); n > 0; n--)
		put_byte(d, 1 + random_below(r, 255));
}

/* Well-formed, but that batches may be more than the sequence allows and the like. */
static void make_likely(struct datagram *d, struct seeded_random *r)
{
	unsigned flags = random_below(r, 16);
	unsigned batches = (flags & REACTION_TEXT) != 0 ? 1 : random_below(r, 10);
	uint64_t session = random_below(r, 50) == 0 ? 0 : random_next(r) >> 8;

	d->len = 16;
	d->bytes[0] = 0xfa;
	d->bytes[1] = (uint8_t)(0x10 | flags);
	store_be16(d->bytes + 2, (uint16_t)random_next(r));
	d->bytes[4] = (uint8_t)batches;
	store_be56(d->bytes + 5, session);
	store_be32(
		d->bytes + 12, random_below(r, 2) ? (uint32_t)random_next(r) : random_below(r, 12));
	if ((flags & REACTION_TICKET) != 0) {
		for (unsigned i = 0; i < 16; i++)
			put_byte(d, i == 5 ? 0 : random_below(r, 256));
	}
	if ((flags & REACTION_TEXT) != 0)
		put_random_text(d, r);
	for (unsigned i = 0; (flags & REACTION_TEXT) == 0 && i < batches; i++)
		put_random_batch(d, r);
	if ((flags & REACTION_FRAME) != 0) {
		for (unsigned n = random_below(r, 300); n > 0; n--)
			put_byte(d, 0);
	}
}

static void damage(struct datagram *d, struct seeded_random *r)
{
	static const uint8_t telling[] = {0, 1, 2, 32, 33, 0x7f, 0x80, 0xf4, 0xf5, 0xfa, 0xff};

	for (unsigned n = random_below(r, 3); n > 0 && d->len > 0; n--) {
		size_t at = random_below(r, 2)
				    ? random_below(r, (unsigned)d->len)
				    : random_below(r, d->len < 20 ? (unsigned)d->len : 20);
		switch (random_below(r, 4)) {
		case 0:
			d->bytes[at] = (uint8_t)random_next(r);
			break;
		case 1:
			d->bytes[at] = telling[random_below(r, sizeof(telling))];
			break;
		case 2:
			d->len = at;
			break;
		default:
			for (unsigned more = 1 + random_below(r, 4); more > 0 && d->len < ROOM;
				more--)
				put_byte(d, random_below(r, 3) == 0 ? random_below(r, 256) : 0);
		}
	}
}

static void make_noise(struct datagram *d, struct seeded_random *r)
{
	d->len = random_below(r, random_below(r, 64) == 0 ? 1300 : 64);
	random_bytes(r, d->bytes, d->len);
	if (random_below(r, 2) == 0)
		d->bytes[0] = 0xfa;
	if (random_below(r, 2) == 0)
		d->bytes[1] = (uint8_t)(0x10 | (d->bytes[1] & 0x0f));
}

static bool same_batches(const struct plain_datagram *p, const struct reaction_datagram *f)
{
	const uint8_t *at = f->body;

	for (unsigned i = 0; i < p->n_batches; i++) {
		struct reaction_batch batch = reaction_batch_at(at);

		if (batch.n != p->batches[i].n)
			return false;
		for (unsigned j = 0; j < batch.n; j++) {
			if (batch.pairs[2 * j] != p->batches[i].pairs[j].reaction ||
				batch.pairs[2 * j + 1] != p->batches[i].pairs[j].count)
				return false;
		}
		at = reaction_batch_end(batch);
	}
	return at == f->body + f->body_len;
}

static bool same(const struct plain_datagram *p, const struct reaction_datagram *f)
{
	unsigned flags = (p->has_header ? 0 : REACTION_PLAIN) |
			 (p->wants_ticket ? REACTION_TICKET : 0) |
			 (p->wants_receipt ? REACTION_RECEIPT : 0) |
			 (p->is_text ? REACTION_TEXT : 0) | (p->wants_frame ? REACTION_FRAME : 0);

	if (f->flags != flags || f->session != p->session || f->sequence != p->sequence ||
		f->batches != p->n_batches)
		return false;
	if (f->channel != (p->has_header ? p->channel : WIRE_CHANNEL_NONE))
		return false;
	if (p->wants_ticket ? memcmp(f->ticket, p->ticket, 16) != 0 : f->ticket != NULL)
		return false;
	if (p->is_text)
		return f->body_len == p->text_len && memcmp(f->body, p->text, p->text_len) == 0;
	return same_batches(p, f);
}

static void dump(const struct datagram *d)
{
	for (size_t i = 0; i < d->len; i++)
		fprintf(stderr, "%02x%s", d->bytes[i],
			i % 32 == 31 || i + 1 == d->len ? "\n" : " ");
}

static enum refusal compare(const struct datagram *d)
{
	struct plain_datagram plain;
	struct reaction_datagram fast;
	enum refusal expected = plain_decode(d->bytes, d->len, &plain);
	enum refusal got = reaction_decode(d->bytes, d->len, &fast);

	if (got != expected || (got == REFUSED_none && !same(&plain, &fast)))
		dump(d);
	cr_assert_eq(
		got, expected, "%s, but plainly %s", refusal_name(got), refusal_name(expected));
	cr_assert(got != REFUSED_none || same(&plain, &fast), "decoded to something else");
	return got;
}

Test(wire_differential, both_decoders_agree_on_everything)
{
	struct seeded_random r = seeded_random_new("wire_differential");
	unsigned reached[REFUSALS] = {0};
	struct datagram d;

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (random_below(&r, 4) == 0)
			make_noise(&d, &r);
		else
			make_likely(&d, &r);
		damage(&d, &r);
		reached[compare(&d)]++;
	}
	/* Else they would agree on little. */
	for (unsigned i = 0; i < REFUSALS; i++) {
		bool decided_later = i == REFUSED_text_utf8;
		bool by_decoder =
			i == REFUSED_none ||
			(refusal_layer((enum refusal)i) == REFUSAL_PAYLOAD && !decided_later);

		cr_expect(!by_decoder || reached[i] > ROUNDS / 1000, "%s reached %u times",
			refusal_name((enum refusal)i), reached[i]);
	}
}
