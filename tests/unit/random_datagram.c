/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "random_datagram.h"

#include "wire/bytes.h"
#include "wire/reaction.h"

static void put_byte(struct random_datagram *d, unsigned byte)
{
	d->bytes[d->len++] = (uint8_t)byte;
}

static void put_random_batch(struct random_datagram *d, struct seeded_random *r)
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

static void put_random_text(struct random_datagram *d, struct seeded_random *r)
{
	for (unsigned n = 1 + random_below(r, random_below(r, 16) == 0 ? 520 : 20); n > 0; n--)
		put_byte(d, 1 + random_below(r, 255));
}

/* Well-formed, but that batches may be more than the sequence allows and the like. */
static void make_likely(struct random_datagram *d, struct seeded_random *r)
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

static void damage(struct random_datagram *d, struct seeded_random *r)
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
			for (unsigned more = 1 + random_below(r, 4);
				more > 0 && d->len < RANDOM_DATAGRAM_ROOM; more--)
				put_byte(d, random_below(r, 3) == 0 ? random_below(r, 256) : 0);
		}
	}
}

static void make_noise(struct random_datagram *d, struct seeded_random *r)
{
	d->len = random_below(r, random_below(r, 64) == 0 ? 1300 : 64);
	random_bytes(r, d->bytes, d->len);
	if (random_below(r, 2) == 0)
		d->bytes[0] = 0xfa;
	if (random_below(r, 2) == 0)
		d->bytes[1] = (uint8_t)(0x10 | (d->bytes[1] & 0x0f));
}

void random_datagram_make(struct random_datagram *d, struct seeded_random *r)
{
	if (random_below(r, 4) == 0)
		make_noise(d, r);
	else
		make_likely(d, r);
	damage(d, r);
}
