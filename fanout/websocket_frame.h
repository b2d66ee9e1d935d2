/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * WebSocket frames (RFC 6455, 5): the header that we write, and a decoder for what clients send.
 * The decoder is fed pieces of any size and holds no message: only what it needs to go on, and the
 * payload of a control frame (at most 125 bytes).
 */
#ifndef FANOUT_WEBSOCKET_FRAME_H
#define FANOUT_WEBSOCKET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum websocket_opcode {
	WEBSOCKET_CONTINUATION = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

enum websocket_status {
	WEBSOCKET_NORMAL = 1000,
	WEBSOCKET_GOING_AWAY = 1001,
	WEBSOCKET_PROTOCOL_ERROR = 1002,
	WEBSOCKET_UNSUPPORTED = 1003,
	WEBSOCKET_NO_STATUS = 1005, // never on the wire
	WEBSOCKET_INVALID_TEXT = 1007,
	WEBSOCKET_TOO_BIG = 1009,
};

enum {
	WEBSOCKET_HEADER_MAX = 10, // of ours, unmasked
	WEBSOCKET_CONTROL_MAX = 125,
	WEBSOCKET_MESSAGE_MAX = 4096, // from a client, over all its fragments
};

/* Writes the header of a whole, unmasked message; returns its length. */
size_t websocket_put_header(uint8_t *out, enum websocket_opcode opcode, size_t len);

struct websocket_decoder { // all zero to begin with
	uint8_t header[14];
	uint8_t header_len; // bytes of it that have come
	bool in_payload;
	bool in_message; // a fragmented message has begun
	bool text;       // of which the type is text
	bool failed;
	bool any_length; // set by the owner: messages may be longer than WEBSOCKET_MESSAGE_MAX
	uint8_t opcode;
	bool final;
	uint8_t mask[4];
	uint64_t length;  // of this frame's payload
	uint64_t done;    // bytes of it that have come
	uint64_t message; // bytes of the message so far
	uint8_t utf8[4];  // a code point that is not complete
	uint8_t utf8_len;
	uint8_t control[WEBSOCKET_CONTROL_MAX];
};

/* Has nothing to remember: a new decoder would do. */
static inline bool websocket_between_messages(const struct websocket_decoder *d)
{
	return d->header_len == 0 && !d->in_payload && !d->in_message && !d->failed;
}

struct websocket_event {
	enum {
		WEBSOCKET_NOTHING, // all bytes are consumed
		WEBSOCKET_DATA,    // a piece of a message: payload, len, last
		WEBSOCKET_PINGED,  // payload, len
		WEBSOCKET_PONGED,
		WEBSOCKET_CLOSED, // status, WEBSOCKET_NO_STATUS if none was given
		WEBSOCKET_FAILED, // status to close with; the decoder takes nothing more
	} type;
	const uint8_t *payload; // until the next call
	size_t len;
	bool last; // of the message
	uint16_t status;
};

/*
 * Decodes until the first event, unmasking in place; returns how many bytes were consumed. Call it
 * again with the rest until the event is WEBSOCKET_NOTHING.
 */
size_t websocket_decode(
	struct websocket_decoder *d, uint8_t *in, size_t len, struct websocket_event *event);

#endif
