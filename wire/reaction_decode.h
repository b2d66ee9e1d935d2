/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * reaction_decode() as an inline function, for the one caller that decodes tens of millions of
 * datagrams a second; everybody else includes wire/reaction.h.
 */
#ifndef WIRE_REACTION_DECODE_H
#define WIRE_REACTION_DECODE_H

#include "wire/bytes.h"
#include "wire/reaction.h"
#include "wire/utf8.h"

#include <string.h>

/* Ids from 64 on: an id occurs once in a batch. Rare, for the default is 64 reactions. */
static inline bool reaction_high_ids_once(const uint8_t *pairs, unsigned n)
{
	uint64_t seen[WIRE_REACTIONS_MAX / 64] = {0};

	for (unsigned i = 0; i < n; i++) {
		uint8_t id = pairs[2 * i];
		uint64_t bit = 1ull << (id % 64);

		if ((seen[id / 64] & bit) != 0)
			return false;
		seen[id / 64] |= bit;
	}
	return true;
}

enum { REACTION_MALFORMED = UINT16_MAX };

/* What the batches of a body name. */
struct reaction_body {
	uint64_t ids;
	bool high_ids;
	uint16_t len; // without padding, or REACTION_MALFORMED
};

/* An id occurs once in a batch, and no count is zero. Adds the ids to those of the body. */
static inline bool reaction_pairs_well_formed(
	const uint8_t *pairs, unsigned n, struct reaction_body *b)
{
	uint64_t ids = 0, twice = 0;
	unsigned largest = 0, zero = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t bit = 1ull << (pairs[2 * i] % 64);

		twice |= ids & bit;
		ids |= bit;
		largest |= pairs[2 * i];
		zero |= pairs[2 * i + 1] - 1u; // borrows from the high bits if the count is 0
	}
	b->ids |= ids;
	b->high_ids |= largest >= 64;
	if (zero > UINT8_MAX)
		return false;
	return twice == 0 || (largest >= 64 && reaction_high_ids_once(pairs, n));
}

static inline bool reaction_all_zero(const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		if (*p++ != 0)
			return false;
	}
	return true;
}

/*
 * The batches end exactly where the payload ends; with FRAME, zeros may follow them. Out of line,
 * and by value, so that the caller's registers stay its own.
 */
struct reaction_body reaction_read_batches(
	const uint8_t *body, const uint8_t *end, unsigned batches, unsigned flags);

/* With FRAME the text is what precedes the first zero byte, and only zeros may follow it. */
static inline enum refusal reaction_decode_text(struct reaction_datagram *d, const uint8_t *end)
{
	const uint8_t *text_end = end;

	if ((d->flags & REACTION_FRAME) != 0) {
		const uint8_t *zero = memchr(d->body, 0, (size_t)(end - d->body));
		if (zero != NULL)
			text_end = zero;
		if (!reaction_all_zero(text_end, end))
			return REFUSED_body;
	}
	size_t len = (size_t)(text_end - d->body);
	if (len == 0 || len > WIRE_TEXT_MAX)
		return REFUSED_text_length;
	d->body_len = (uint16_t)len;
	return REFUSED_none;
}

static inline enum refusal reaction_decode_plain(
	const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	if (len > WIRE_TEXT_MAX)
		return REFUSED_text_length;
	*d = (struct reaction_datagram){
		.channel = WIRE_CHANNEL_NONE,
		.flags = REACTION_PLAIN | REACTION_TEXT,
		.batches = 1,
		.body = payload,
		.body_len = (uint16_t)len,
	};
	return REFUSED_none;
}

static inline bool reaction_batches_fit(const struct reaction_datagram *d)
{
	if (d->batches == 0)
		return (d->flags & REACTION_FRAME) != 0;
	if (d->batches > WIRE_BATCHES_MAX)
		return false;
	return d->sequence == 0 ? d->batches == 1 : d->batches <= d->sequence;
}

static inline __attribute__((always_inline)) enum refusal reaction_decode_body(
	struct reaction_datagram *d, const uint8_t *end)
{
	struct reaction_body b = reaction_read_batches(d->body, end, d->batches, d->flags);

	if (b.len == REACTION_MALFORMED)
		return REFUSED_body;
	d->ids = b.ids;
	d->high_ids = b.high_ids;
	d->body_len = b.len;
	return REFUSED_none;
}

static inline enum refusal reaction_decode_any(
	const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	const uint8_t *end = payload + len;

	if (len == 0 || len > WIRE_PAYLOAD_MAX)
		return REFUSED_payload_length;
	if (payload[0] != REACTION_MAGIC)
		return utf8_may_begin(payload[0]) ? reaction_decode_plain(payload, len, d)
						  : REFUSED_magic;
	if (len < WIRE_HEADER_LEN)
		return REFUSED_payload_length;
	if (payload[1] >> 4 != WIRE_VERSION)
		return REFUSED_version;
	d->flags = payload[1] & 0x0f;
	d->channel = load_be16(payload + 2);
	d->batches = payload[4];
	d->session = load_be56(payload + 5);
	d->sequence = load_be32(payload + 12);
	d->ticket = NULL;
	d->body = payload + WIRE_HEADER_LEN;

	if (d->session == 0)
		return REFUSED_session;
	if (!reaction_batches_fit(d))
		return REFUSED_batches;
	if ((d->flags & REACTION_TEXT) != 0 && d->batches != 1)
		return REFUSED_flags;
	if ((d->flags & REACTION_TICKET) != 0) {
		if (len < WIRE_HEADER_LEN + WIRE_TICKET_LEN)
			return REFUSED_body;
		d->ticket = d->body;
		d->body += WIRE_TICKET_LEN;
		if (d->ticket[5] != 0)
			return REFUSED_flags;
	}
	return (d->flags & REACTION_TEXT) != 0 ? reaction_decode_text(d, end)
					       : reaction_decode_body(d, end);
}

/* Through another structure, so that the compiler can keep *d in registers. */
static inline enum refusal reaction_decode_apart(
	const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	struct reaction_datagram other;
	enum refusal r = reaction_decode(payload, len, &other);

	if (r == REFUSED_none)
		*d = other;
	return r;
}

/* A header with nothing wrong, without ticket and text: its checks, taken together. */
static inline bool reaction_header_is_plain(uint64_t first, uint64_t last)
{
	const uint64_t mask = 0xfff0 | REACTION_TICKET | REACTION_TEXT;
	const uint64_t wanted = REACTION_MAGIC << 8 | WIRE_VERSION << 4;
	unsigned batches = first >> 24 & 0xff;
	uint32_t sequence = (uint32_t)last;

	return (first >> 48 & mask) == wanted && (first << 40 | last >> 32) != 0 &&
	       batches - 1 < WIRE_BATCHES_MAX && batches <= (uint64_t)sequence + (sequence == 0);
}

/*
 * The datagrams that clients send most, fast: a plain header and batches, above all one batch of
 * one reaction. Everything else is decoded check by check, for its reason.
 */
static inline __attribute__((always_inline)) enum refusal reaction_decode_inline(
	const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	enum { SHORTEST = WIRE_HEADER_LEN + 3 };
	const uint8_t *body = payload + WIRE_HEADER_LEN;

	if (__builtin_expect(len < SHORTEST || len > WIRE_PAYLOAD_MAX, 0))
		return reaction_decode_apart(payload, len, d);
	uint64_t first = load_be64(payload), last = load_be64(payload + 8);
	if (__builtin_expect(!reaction_header_is_plain(first, last), 0))
		return reaction_decode_apart(payload, len, d);
	d->flags = first >> 48 & 0x0f;
	d->channel = first >> 32 & 0xffff;
	d->batches = first >> 24 & 0xff;
	d->session = (first << 32 | last >> 32) << 8 >> 8;
	d->sequence = (uint32_t)last;
	d->ticket = NULL;
	d->body = body;
	if (__builtin_expect(d->batches != 1 || body[0] != 1 || len != SHORTEST, 0))
		return reaction_decode_body(d, payload + len);
	d->ids = 1ull << (body[1] % 64);
	d->high_ids = body[1] >= 64;
	d->body_len = 3;
	return body[2] != 0 ? REFUSED_none : REFUSED_body;
}

#endif
