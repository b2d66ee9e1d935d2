/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The reaction datagram (docs/protocol.md, section 1): what a client sends. Decoding checks all
 * that can be checked without knowing the appliance's channels and catalogue; a datagram that it
 * returns is well-formed to the last byte. Nothing here allocates.
 */
#ifndef WIRE_REACTION_H
#define WIRE_REACTION_H

#include "wire/limits.h"
#include "wire/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REACTION_MAGIC = 0xfa,

	/* Low nibble of the second byte. */
	REACTION_TICKET = 1 << 0,
	REACTION_RECEIPT = 1 << 1,
	REACTION_TEXT = 1 << 2,
	REACTION_FRAME = 1 << 3,
	REACTION_ASKS = REACTION_RECEIPT | REACTION_FRAME, // for an answer

	/* Never on the wire: a payload of plain text, without a header. */
	REACTION_PLAIN = 1 << 7,
};

struct reaction_datagram {
	uint64_t session;      // 1 to 2^56 - 1; 0 for plain text
	uint32_t sequence;     // of the newest batch; 0: unsequenced
	uint16_t channel;      // WIRE_CHANNEL_NONE for plain text: the appliance has a default
	uint8_t flags;         // REACTION_*
	uint8_t batches;       // 0 to 8, newest first
	bool high_ids;         // an id of 64 or more occurs
	uint64_t ids;          // those that occur in any batch, id modulo 64 as a bit
	const uint8_t *ticket; // WIRE_TICKET_LEN bytes, or NULL
	const uint8_t *body;   // batches, or text; points into the payload
	uint16_t body_len;     // without padding
};

/*
 * Decodes a whole UDP payload. Returns REFUSED_none and fills *out, or the reason of the first
 * check that fails and leaves *out undefined. Text is checked for its length, not for UTF-8: that
 * is dearer and comes after the cheap checks of the caller.
 */
enum refusal reaction_decode(const uint8_t *payload, size_t len, struct reaction_datagram *out);

/* The part of reaction_decode() that reads batches, for who has read the header: */
enum { REACTION_MALFORMED = UINT16_MAX };

/* What the batches of a body name: ids as in the datagram. */
struct reaction_body {
	uint64_t ids;
	bool high_ids;
	uint16_t len; // without padding, or REACTION_MALFORMED
};

struct reaction_body reaction_read_batches(
	const uint8_t *body, const uint8_t *end, unsigned batches, unsigned flags);

/* One batch of a decoded body: n pairs of (reaction, count), and where the next batch begins. */
struct reaction_batch {
	const uint8_t *pairs;
	unsigned n;
};

static inline struct reaction_batch reaction_batch_at(const uint8_t *at)
{
	return (struct reaction_batch){.pairs = at + 1, .n = at[0]};
}

static inline const uint8_t *reaction_batch_end(struct reaction_batch batch)
{
	return batch.pairs + 2 * batch.n;
}

/*
 * Building one, for clients: the header first, then each batch or the text, then padding. Each
 * returns the new length, or 0 if it does not fit in cap bytes or breaks a limit of the protocol.
 */
size_t reaction_put_header(uint8_t *out, size_t cap, const struct reaction_datagram *d);
size_t reaction_put_batch(uint8_t *out, size_t cap, size_t len, const uint8_t *pairs, unsigned n);
size_t reaction_put_text(uint8_t *out, size_t cap, size_t len, const char *text);

#endif
