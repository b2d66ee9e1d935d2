/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_write.h"

#include "fanout/mqtt_header.h"
#include "wire/bytes.h"

size_t mqtt_put_length(uint8_t *out, size_t length)
{
	size_t n = 0;

	do {
		out[n] = length & 0x7f;
		length >>= 7;
		if (length > 0)
			out[n] |= 0x80;
		n++;
	} while (length > 0);
	return n;
}

static size_t put_text(uint8_t *out, const char *text, size_t len)
{
	store_be16(out, (uint16_t)len);
	memcpy(out + 2, text, len);
	return 2 + len;
}

static size_t put_byte_property(uint8_t *out, enum mqtt_property property, uint8_t value)
{
	out[0] = (uint8_t)property;
	out[1] = value;
	return 2;
}

static size_t put_u32_property(uint8_t *out, enum mqtt_property property, uint32_t value)
{
	out[0] = (uint8_t)property;
	store_be32(out + 1, value);
	return 5;
}

static size_t put_text_property(
	uint8_t *out, enum mqtt_property property, const char *text, size_t len)
{
	out[0] = (uint8_t)property;
	return 1 + put_text(out + 1, text, len);
}

static size_t put_sentence(uint8_t *out, const char *sentence)
{
	if (sentence == NULL || strlen(sentence) > MQTT_SENTENCE_MAX)
		return 0;
	return put_text_property(out, MQTT_REASON_STRING, sentence, strlen(sentence));
}

/* The fixed header, and the body that was written elsewhere. */
static size_t put_packet(uint8_t *out, enum mqtt_type type, const uint8_t *body, size_t len)
{
	out[0] = (uint8_t)(type << 4);
	size_t head = 1 + mqtt_put_length(out + 1, len);
	memcpy(out + head, body, len);
	return head + len;
}

/* Properties are few: their length is one byte. */
static size_t put_properties(uint8_t *out, const uint8_t *properties, size_t len)
{
	out[0] = (uint8_t)len;
	memcpy(out + 1, properties, len);
	return 1 + len;
}

static uint8_t connack_code_3_1_1(enum mqtt_reason reason)
{
	switch (reason) {
	case MQTT_OK:
		return 0;
	case MQTT_UNSUPPORTED_VERSION:
		return 1;
	case MQTT_INVALID_CLIENT_ID:
		return 2;
	default: // the server is unavailable
		return 3;
	}
}

/* What a client has to know of us (3.2.2.3). */
static size_t put_abilities(uint8_t *out)
{
	size_t n = put_byte_property(out, MQTT_MAXIMUM_QOS, 0);

	n += put_u32_property(out + n, MQTT_MAXIMUM_PACKET, MQTT_PACKET_MAX);
	n += put_byte_property(out + n, MQTT_SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 0);
	n += put_byte_property(out + n, MQTT_SHARED_SUBSCRIPTIONS_AVAILABLE, 0);
	return n;
}

size_t mqtt_put_connack(uint8_t *out, const struct mqtt_connack *c)
{
	uint8_t properties[MQTT_ANSWER_MAX], body[MQTT_ANSWER_MAX] = {0}; // no session is present
	size_t n = 0;

	if (c->version == MQTT_3_1_1) {
		body[1] = connack_code_3_1_1(c->reason);
		return put_packet(out, MQTT_CONNACK, body, 2);
	}
	body[1] = (uint8_t)c->reason;
	if (c->reason == MQTT_OK)
		n += put_abilities(properties);
	if (c->assigned_id != NULL)
		n += put_text_property(properties + n, MQTT_ASSIGNED_CLIENT_ID, c->assigned_id,
			MQTT_ASSIGNED_ID_LEN);
	if (c->forgets)
		n += put_u32_property(properties + n, MQTT_SESSION_EXPIRY, 0);
	n += put_sentence(properties + n, c->sentence);
	return put_packet(out, MQTT_CONNACK, body, 2 + put_properties(body + 2, properties, n));
}

size_t mqtt_put_disconnect(
	uint8_t *out, enum mqtt_version version, enum mqtt_reason reason, const char *sentence)
{
	uint8_t properties[MQTT_ANSWER_MAX], body[MQTT_ANSWER_MAX];

	if (version == MQTT_3_1_1)
		return 0;
	body[0] = (uint8_t)reason;
	size_t n = put_sentence(properties, sentence);
	return put_packet(out, MQTT_DISCONNECT, body,
		n == 0 ? 1 : 1 + put_properties(body + 1, properties, n));
}

size_t mqtt_put_pingresp(uint8_t *out)
{
	out[0] = MQTT_PINGRESP << 4;
	out[1] = 0;
	return 2;
}

/* Of what follows the fixed header. */
static size_t ack_rest(enum mqtt_type type, enum mqtt_version version, unsigned n)
{
	if (version == MQTT_5)
		return 3 + n; // the packet id, no properties, the codes
	return type == MQTT_SUBACK ? 2 + n : 2;
}

size_t mqtt_ack_length(enum mqtt_type type, enum mqtt_version version, unsigned n)
{
	uint8_t length[MQTT_LENGTH_MAX];
	size_t rest = ack_rest(type, version, n);

	return 1 + mqtt_put_length(length, rest) + rest;
}

size_t mqtt_put_ack(uint8_t *out, enum mqtt_type type, enum mqtt_version version,
	uint16_t packet_id, unsigned n)
{
	out[0] = (uint8_t)(type << 4);
	size_t len = 1 + mqtt_put_length(out + 1, ack_rest(type, version, n));
	store_be16(out + len, packet_id);
	len += 2;
	if (version == MQTT_5)
		out[len++] = 0;
	return len;
}

uint8_t mqtt_suback_code(enum mqtt_version version, enum mqtt_reason reason)
{
	return version == MQTT_3_1_1 && reason >= MQTT_UNSPECIFIED ? MQTT_UNSPECIFIED
								   : (uint8_t)reason;
}
