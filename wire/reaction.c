/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/reaction.h"

#include "wire/reaction_decode.h"

#include <string.h>

enum refusal reaction_decode(const uint8_t *payload, size_t len, struct reaction_datagram *d)
{
	return reaction_decode_any(payload, len, d);
}

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
		if (!reaction_pairs_well_formed(at + 1, n, &b))
			return malformed;
		at += 1 + 2 * n;
	}
	if (at != end && !((flags & REACTION_FRAME) != 0 && reaction_all_zero(at, end)))
		return malformed;
	b.len = (uint16_t)(at - body);
	return b;
}

/* What reaction_decode() asks of a header, and that its fields fit. */
static bool header_well_formed(const struct reaction_datagram *d)
{
	if (d->session == 0 || d->session >> 56 != 0 || d->channel == WIRE_CHANNEL_NONE)
		return false;
	if (!reaction_batches_fit(d) || ((d->flags & REACTION_TEXT) != 0 && d->batches != 1))
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

	if (len == 0 || n == 0 || n > WIRE_PAIRS_MAX || !reaction_pairs_well_formed(pairs, n, &ids))
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
