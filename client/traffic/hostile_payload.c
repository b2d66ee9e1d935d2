/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/hostile_payload.h"

#include "wire/bytes.h"
#include "wire/reaction.h"

#include <string.h>

/* Offsets in a datagram. */
enum { FLAGS = 1, CHANNEL = 2, BATCHES = 4, SESSION = 5, BODY = WIRE_HEADER_LEN };

static size_t text(uint8_t *out, const char *bytes)
{
	size_t len = strlen(bytes);

	out[FLAGS] |= REACTION_TEXT;
	memcpy(out + BODY, bytes, len);
	return BODY + len;
}

size_t hostile_payload(
	uint16_t channel, enum refusal reason, uint64_t session, uint8_t out[HOSTILE_PAYLOAD_MAX])
{
	const struct reaction_datagram d = {
		.session = session, .sequence = 2, .channel = channel, .batches = 1};
	const uint8_t pairs[] = {0, 1};
	size_t len = reaction_put_header(out, HOSTILE_PAYLOAD_MAX, &d);

	len = reaction_put_batch(out, HOSTILE_PAYLOAD_MAX, len, pairs, 1);
	switch (reason) {
	case REFUSED_payload_length:
		return 0;
	case REFUSED_magic:
		out[0] = 0xff;
		return len;
	case REFUSED_version:
		out[FLAGS] = (WIRE_VERSION + 1) << 4;
		return len;
	case REFUSED_session:
		memset(out + SESSION, 0, 7);
		return len;
	case REFUSED_batches:
		out[BATCHES] = WIRE_BATCHES_MAX + 1;
		return len;
	case REFUSED_flags:
		out[BATCHES] = 2;
		return text(out, "text has one");
	case REFUSED_body:
		out[BODY] = 2; // pairs, of which one is there
		return len;
	case REFUSED_text_length:
		return text(out, "");
	case REFUSED_text_utf8:
		return text(out, "cut \xf0\x9f\x94");
	case REFUSED_channel:
		store_be16(out + CHANNEL, WIRE_CHANNEL_NONE);
		return len;
	case REFUSED_reaction:
		out[BODY + 1] = WIRE_REACTIONS_MAX - 1;
		return len;
	case REFUSED_text_no_reaction:
		return text(out, "was that offside");
	default:
		return len;
	}
}
