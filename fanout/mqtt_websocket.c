/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * MQTT within a WebSocket (6 of both standards): the decoder of its frames, which a connection has
 * only in the middle of a message, and what else comes than data.
 */

#include "fanout/engine.h"
#include "fanout/mqtt_connection.h"
#include "wire/bytes.h"

#include <string.h>

bool mqtt_need_decoder(struct connection *c)
{
	struct mqtt *m = mqtt_of(c);

	if (m->decoder == NULL) {
		m->decoder = pool_take(&c->thread->decoders);
		if (m->decoder != NULL)
			m->decoder->any_length = true;
	}
	return m->decoder != NULL;
}

void mqtt_give_back_decoder(struct connection *c)
{
	struct mqtt *m = mqtt_of(c);

	if (m->decoder == NULL || !websocket_between_messages(m->decoder))
		return;
	pool_give(&c->thread->decoders, m->decoder);
	m->decoder = NULL;
}

/* A control frame of the WebSocket. */
static void answer_websocket(
	struct connection *c, enum websocket_opcode opcode, const uint8_t *payload, size_t len)
{
	struct buffer *b = buffer_new(WEBSOCKET_HEADER_MAX + len);

	if (b != NULL) {
		b->len = (uint32_t)websocket_put_header(b->bytes, opcode, len);
		if (len > 0)
			memcpy(b->bytes + b->len, payload, len);
		b->len += (uint32_t)len;
	}
	c->paused = true;
	connection_put(c, b);
	connection_continue(c);
}

static void close_websocket(struct connection *c, uint16_t status)
{
	uint8_t payload[2];

	store_be16(payload, status);
	answer_websocket(
		c, WEBSOCKET_CLOSE, payload, status == WEBSOCKET_NO_STATUS ? 0 : sizeof(payload));
	connection_finish(c);
}

size_t mqtt_on_websocket(struct connection *c, const struct websocket_event *event)
{
	switch (event->type) {
	case WEBSOCKET_DATA:
		if (!mqtt_of(c)->decoder->text)
			return event->len;
		connection_count_refusal(c, FANOUT_REFUSED_mqtt_packet);
		close_websocket(c, WEBSOCKET_UNSUPPORTED); // MQTT 6.0: binary only
		break;
	case WEBSOCKET_PINGED:
		answer_websocket(c, WEBSOCKET_PONG, event->payload, event->len);
		break;
	case WEBSOCKET_FAILED:
		connection_count_refusal(c, FANOUT_REFUSED_websocket_frame);
		close_websocket(c, event->status);
		break;
	case WEBSOCKET_CLOSED:
		close_websocket(c, event->status);
		break;
	default:
		break;
	}
	return 0;
}
