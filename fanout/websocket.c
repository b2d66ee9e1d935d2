/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/websocket.h"

#include "fanout/engine.h"
#include "fanout/websocket_frame.h"
#include "wire/bytes.h"

#include <string.h>

size_t websocket_put_binary(const struct held_frame *f, uint8_t *out)
{
	size_t head = websocket_put_header(out, WEBSOCKET_BINARY, f->binary_len);

	memcpy(out + head, held_frame_binary(f), f->binary_len);
	return head + f->binary_len;
}

size_t websocket_put_json(const struct held_frame *f, uint8_t *out)
{
	size_t head = websocket_put_header(out, WEBSOCKET_TEXT, f->json_len);

	memcpy(out + head, held_frame_json(f), f->json_len);
	return head + f->json_len;
}

/*
 * A control frame waits behind what is being sent, so it never splits a frame; a later one takes
 * the place of one that still waits (RFC 6455, 5.5.3 allows to answer the last ping only).
 */
static void put_control(
	struct connection *c, enum websocket_opcode opcode, const uint8_t *payload, size_t len)
{
	struct buffer *b = buffer_new(WEBSOCKET_HEADER_MAX + len);

	if (b != NULL) {
		size_t head = websocket_put_header(b->bytes, opcode, len);

		if (len > 0)
			memcpy(b->bytes + head, payload, len);
		b->len = (uint32_t)(head + len);
	}
	connection_put(c, b);
}

static void close_with(struct connection *c, uint16_t status)
{
	uint8_t payload[2];

	store_be16(payload, status);
	put_control(
		c, WEBSOCKET_CLOSE, payload, status == WEBSOCKET_NO_STATUS ? 0 : sizeof(payload));
	connection_finish(c);
}

static void on_event(struct connection *c, const struct websocket_event *event)
{
	switch (event->type) {
	case WEBSOCKET_PINGED:
		put_control(c, WEBSOCKET_PONG, event->payload, event->len);
		connection_continue(c);
		break;
	case WEBSOCKET_FAILED:
		connection_count_refusal(c, FANOUT_REFUSED_websocket_frame);
		close_with(c, event->status);
		break;
	case WEBSOCKET_CLOSED: // the same status goes back
		close_with(c, event->status);
		break;
	default:
		break;
	}
}

/* A decoder is needed in the middle of a message only. */
static void on_closed(struct connection *c)
{
	pool_give(&c->thread->decoders, c->state);
	c->state = NULL;
}

static void on_input(struct connection *c, uint8_t *bytes, size_t len)
{
	struct websocket_event event;

	if (c->state == NULL)
		c->state = pool_take(&c->thread->decoders);
	if (c->state == NULL) {
		connection_close(c);
		return;
	}
	do {
		size_t used = websocket_decode(c->state, bytes, len, &event);

		bytes += used;
		len -= used;
		on_event(c, &event);
	} while (event.type != WEBSOCKET_NOTHING && !c->finishing && !c->closing);
	if (websocket_between_messages(c->state))
		on_closed(c);
}

static void on_channels_ended(struct connection *c)
{
	close_with(c, WEBSOCKET_NORMAL);
}

static void on_stopping(struct connection *c)
{
	close_with(c, WEBSOCKET_GOING_AWAY);
}

const struct protocol websocket_protocol = {
	.name = "websocket",
	.encodings = {[TOPIC_BINARY] = {ENCODING_WEBSOCKET_BINARY, ENCODING_WEBSOCKET_BINARY},
		[TOPIC_JSON] = {ENCODING_WEBSOCKET_JSON, ENCODING_WEBSOCKET_JSON}},
	.gauge = offsetof(struct fanout_stats, websocket),
	.on_input = on_input,
	.on_end = connection_close, // without a closing handshake there is nothing to wait for
	.on_deadline = connection_close,
	.on_channels_ended = on_channels_ended,
	.on_stopping = on_stopping,
	.on_closed = on_closed,
};
