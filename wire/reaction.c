/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/reaction.h"

#include "wire/bytes.h"
#include "wire/utf8.h"

#include <string.h>

/* Ids from 64 on: an id occurs once in a batch. Rare, for the default is 64 reactions. */
static bool high_ids_once(const uint8_t *pairs, unsigned n)
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

/* An id occurs once in a batch, and no count is zero. Adds the ids to those of the body. */
static bool pairs_well_formed(const uint8_t *pairs, unsigned n, struct reaction_body *b)
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
	return twice == 0 || (largest >= 64 && high_ids_once(pairs, n));
}

/* The first is, and each is as the one before it: as fast as the C library compares. */
static bool all_zero(const uint8_t *p, const uint8_t *end)
{
	return p == end || (*p == 0 && memcmp(p, p + 1, (size_t)(end - p) - 1) == 0);
}

/* The batches end exactly where the payload ends; with FRAME, zeros may follow them. */
struct reaction_body reaction_read_batches(
	const uint8_t *body, const uint8_t *end, unsigned batches, unsigned flags)
{
	const struct reaction_body malformed = {.len = REACTION_MALFORMED};
	struct reaction_body b = {0};
	const uint8_t *at = body;

	for (unsigned i = 0; i < batches; i++) {
		if (at >= end)
			return malformed;
		unsigned n = at[0];
		if (n == 0 || n > WIRE_PAIRS_MAX || (size_t)(end - at) < 1 + 2 * (size_t)n)
			return malformed;
		if (!pairs_well_formed(at + 1, n, &b))
			return malformed;
		at += 1 + 2 * n;
	}
	if (at != end && !((flags & REACTION_FRAME) != 0 && all_zero(at, end)))
		return malformed;
	b.len = (uint16_t)(at - body);
	return b;
}

/* With FRAME the text is what precedes the first zero byte, and only zeros may follow it. */
static enum refusal decode_text(struct reaction_datagram *d, const uint8_t *end)
{
	const uint8_t *text_end = end;

	if ((d->flags & REACTION_FRAME) != 0) {
		const uint8_t *zero = memchr(d->body, 0, (size_t)(end - d->body));
		if (zero != NULL)
			text_end = zero;
		if (!all_zero(text_end, end))
			return REFUSED_body;
	}
	size_t len = (size_t)(text_end - d->body);
	if (len == 0 || len > WIRE_TEXT_MAX)
		return REFUSED_text_length;
	d->body_len = (uint16_t)len;
	return REFUSED_none;
}

static enum refusal decode_plain(const uint8_t *payload, size_t len, struct reaction_datagram *d)
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

static bool batches_fit(const struct reaction_datagram *d)
{
	if (d->batches == 0)
		return (d->flags & REACTION_FRAME) != 0;
	if (d->batches > WIRE_BATCHES_MAX)
		return false;
	return d->sequence == 0 ? d->batches == 1 : d->batches <= d->sequence;
}

static enum refusal decode_body(struct reaction_datagram *d, const uint8_t *end)
{
	struct reaction_body b = reaction_read_batches(d->body, end, d->batches, d->flags);

	if (b.len == REACTION_MALFORMED)
		return REFUSED_body;
	d->ids = b.ids;
	d->high_ids = b.high_ids;
	d->body_len = b.len;
	return REFUSED_none;
}

enum refusal reaction_decode(const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	const uint8_t *end = payload + len;

	if (len == 0 || len > WIRE_PAYLOAD_MAX)
		return REFUSED_payload_length;
	if (payload[0] != REACTION_MAGIC)
		return utf8_may_begin(payload[0]) ? decode_plain(payload, len, d) : REFUSED_magic;
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
	if (!batches_fit(d))
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
	return (d->flags & REACTION_TEXT) != 0 ? decode_text(d, end) : decode_body(d, end);
}

/* What reaction_decode() asks of a header, and that its fields fit. */
static bool header_well_formed(const struct reaction_datagram *d)
{
	if (d->session == 0 || d->session >> 56 != 0 || d->channel == WIRE_CHANNEL_NONE)
		return false;
	if (!batches_fit(d) || ((d->flags & REACTION_TEXT) != 0 && d->batches != 1))
		return false;
	return (d->flags & REACTION_TICKET) == 0 || (d->ticket != NULL && d->ticket[5] == 0);
}

size_t reaction_put_header(uint8_t *out, size_t cap, const struct reaction_datagram *d)
{
	if (cap < WIRE_HEADER_LEN || !header_well_formed(d))
		return 0;
	out[0] = REACTION_MAGIC;
	out[1] = (uint8_t)(WIRE_VERSION << 4 | (d->flags & 0x0f));
	store_be16(out + 2, d->channel);
	out[4] = d->batches;
	store_be56(out + 5, d->session);
	store_be32(out + 12, d->sequence);
	if ((d->flags & REACTION_TICKET) == 0)
		return WIRE_HEADER_LEN;
	if (cap < WIRE_HEADER_LEN + WIRE_TICKET_LEN)
		return 0;
	memcpy(out + WIRE_HEADER_LEN, d->ticket, WIRE_TICKET_LEN);
	return WIRE_HEADER_LEN + WIRE_TICKET_LEN;
}

size_t reaction_put_batch(uint8_t *out, size_t cap, size_t len, const uint8_t *pairs, unsigned n)
{
	size_t need = 1 + 2 * (size_t)n;
	struct reaction_body ids = {0};

	if (len == 0 || n == 0 || n > WIRE_PAIRS_MAX || !pairs_well_formed(pairs, n, &ids))
		return 0;
	if (cap > WIRE_PAYLOAD_MAX)
		cap = WIRE_PAYLOAD_MAX;
	if (len > cap || cap - len < need)
		return 0;
	out[len] = (uint8_t)n;
	memcpy(out + len + 1, pairs, 2 * (size_t)n);
	return len + need;
}

size_t reaction_put_text(uint8_t *out, size_t cap, size_t len, const char *text)
{
	size_t need = strlen(text);

	if (len == 0 || need == 0 || need > WIRE_TEXT_MAX)
		return 0;
	if (cap > WIRE_PAYLOAD_MAX)
		cap = WIRE_PAYLOAD_MAX;
	if (len > cap || cap - len < need)
		return 0;
	memcpy(out + len, text, need);
	return len + need;
}
