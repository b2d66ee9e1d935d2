/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_connection.h"

#include "fanout/engine.h"
#include "fanout/mqtt_write.h"
#include "wire/bytes.h"

#include <string.h>

/* For people who read what their client prints. */
static const char *sentence_of(enum mqtt_reason reason)
{
	switch (reason) {
	case MQTT_UNSUPPORTED_VERSION:
		return "only MQTT 3.1.1 and 5 are spoken here";
	case MQTT_NOT_AUTHORIZED:
		return "clients only subscribe here, they do not publish";
	case MQTT_BUSY:
		return "too many connections, try again later";
	case MQTT_SHUTTING_DOWN:
		return "the server stops";
	case MQTT_BAD_AUTHENTICATION:
		return "no authentication method is known here";
	case MQTT_KEEP_ALIVE_TIMEOUT:
		return "nothing came for one and a half times the keep alive";
	case MQTT_TAKEN_OVER:
		return "another connection came with this client id";
	case MQTT_INVALID_FILTER:
		return "in a filter, + stands for a whole level and # for the last ones";
	case MQTT_TOO_LARGE:
		return "a packet has at most 8192 bytes here";
	case MQTT_QOS_UNSUPPORTED:
		return "a will has QoS 0 here";
	case MQTT_IDENTIFIERS_UNSUPPORTED:
		return "there are no subscription identifiers here";
	default:
		return NULL;
	}
}

static bool fits(const struct mqtt *m, size_t len)
{
	return m->maximum_packet == 0 || len <= m->maximum_packet;
}

/* Room for a binary message and a close frame around an answer. */
enum { AROUND = 2 * WEBSOCKET_HEADER_MAX + 2 };

/* A packet as it goes onto the stream; status: the WebSocket is closed behind it; 0: it is not. */
static struct buffer *wrap(const struct mqtt *m, const uint8_t *packet, size_t len, uint16_t status)
{
	struct buffer *b = buffer_new(len + AROUND);

	if (b == NULL)
		return NULL;
	if (m->websocket && len > 0)
		b->len = (uint32_t)websocket_put_header(b->bytes, WEBSOCKET_BINARY, len);
	if (len > 0)
		memcpy(b->bytes + b->len, packet, len);
	b->len += (uint32_t)len;
	if (m->websocket && status != 0) {
		b->len += (uint32_t)websocket_put_header(
			b->bytes + b->len, WEBSOCKET_CLOSE, sizeof(status));
		store_be16(b->bytes + b->len, status);
		b->len += (uint32_t)sizeof(status);
	}
	return b;
}

void mqtt_answer(struct connection *c, const uint8_t *packet, size_t len)
{
	const struct mqtt *m = mqtt_of(c);

	if (!fits(m, len)) { // it cannot be told, and may not go on without
		connection_finish(c);
		return;
	}
	c->paused = true;
	connection_put(c, wrap(m, packet, len, 0));
	connection_continue(c);
}

/* Writes the last packet, without its sentence if that is too much for the client. */
static size_t put_last(uint8_t *out, const struct mqtt *m, enum mqtt_reason reason, bool accepted)
{
	const char *sentence = sentence_of(reason);
	size_t len = 0;

	for (unsigned tries = 0; tries < 2; tries++, sentence = NULL) {
		struct mqtt_connack connack = {
			.version = m->version, .reason = reason, .sentence = sentence};

		len = accepted ? mqtt_put_disconnect(out, m->version, reason, sentence)
			       : mqtt_put_connack(out, &connack);
		if (fits(m, len))
			return len;
	}
	return 0;
}

/* 3.1.1 knows few reasons for not being connected; for others the stream just ends (3.2.2.3). */
static bool can_be_told(const struct mqtt *m, enum mqtt_reason reason, bool accepted)
{
	if (m->version == MQTT_5)
		return true;
	return !accepted && (reason == MQTT_UNSUPPORTED_VERSION ||
				    reason == MQTT_INVALID_CLIENT_ID || reason == MQTT_BUSY);
}

static enum fanout_refusal refusal_of(enum mqtt_reason reason)
{
	switch (reason) {
	case MQTT_UNSUPPORTED_VERSION:
		return FANOUT_REFUSED_mqtt_version;
	case MQTT_NOT_AUTHORIZED:
		return FANOUT_REFUSED_mqtt_publish;
	case MQTT_KEEP_ALIVE_TIMEOUT:
		return FANOUT_REFUSED_mqtt_keep_alive;
	default:
		return FANOUT_REFUSED_mqtt_packet;
	}
}

/* Who was refused when it came was counted then. */
static void count_refusal(struct connection *c, enum mqtt_reason reason)
{
	if (!c->refused && reason != MQTT_SHUTTING_DOWN && reason != MQTT_TAKEN_OVER)
		connection_count_refusal(c, refusal_of(reason));
}

static uint16_t status_of(enum mqtt_reason reason)
{
	return reason == MQTT_SHUTTING_DOWN ? WEBSOCKET_GOING_AWAY : WEBSOCKET_NORMAL;
}

void mqtt_end(struct connection *c, enum mqtt_reason reason)
{
	const struct mqtt *m = mqtt_of(c);
	uint8_t packet[MQTT_ANSWER_MAX];
	size_t len = 0;

	if (reason >= MQTT_UNSPECIFIED) {
		count_refusal(c, reason);
		if (m->version != 0 && can_be_told(m, reason, m->accepted))
			len = put_last(packet, m, reason, m->accepted);
	}
	if (len > 0 || m->websocket)
		connection_put(c, wrap(m, packet, len, status_of(reason)));
	connection_finish(c);
}
