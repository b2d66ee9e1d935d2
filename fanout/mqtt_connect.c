/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_connect.h"

#include "fanout/mqtt_properties.h"

#include <string.h>

enum {
	RESERVED = 0x01,
	CLEAN = 0x02,
	WILL = 0x04,
	WILL_QOS = 0x18,
	WILL_RETAIN = 0x20,
	PASSWORD = 0x40,
	USER_NAME = 0x80,
};

static const uint64_t CONNECT_PROPERTIES =
	MQTT_HAS(MQTT_SESSION_EXPIRY) | MQTT_HAS(MQTT_RECEIVE_MAXIMUM) |
	MQTT_HAS(MQTT_MAXIMUM_PACKET) | MQTT_HAS(MQTT_TOPIC_ALIAS_MAXIMUM) |
	MQTT_HAS(MQTT_REQUEST_RESPONSE_INFO) | MQTT_HAS(MQTT_REQUEST_PROBLEM_INFO) |
	MQTT_HAS(MQTT_USER_PROPERTY) | MQTT_HAS(MQTT_AUTHENTICATION_METHOD) |
	MQTT_HAS(MQTT_AUTHENTICATION_DATA);

static const uint64_t WILL_PROPERTIES =
	MQTT_HAS(MQTT_WILL_DELAY) | MQTT_HAS(MQTT_PAYLOAD_FORMAT) | MQTT_HAS(MQTT_MESSAGE_EXPIRY) |
	MQTT_HAS(MQTT_CONTENT_TYPE) | MQTT_HAS(MQTT_RESPONSE_TOPIC) |
	MQTT_HAS(MQTT_CORRELATION_DATA) | MQTT_HAS(MQTT_USER_PROPERTY);

static bool flags_are_sound(uint8_t flags, uint8_t level)
{
	if ((flags & RESERVED) != 0 || (flags & WILL_QOS) == WILL_QOS)
		return false;
	if ((flags & WILL) == 0 && (flags & (WILL_QOS | WILL_RETAIN)) != 0)
		return false;
	return level == MQTT_5 || (flags & USER_NAME) != 0 || (flags & PASSWORD) == 0;
}

static enum mqtt_reason read_properties(struct mqtt_reader *r, struct mqtt_connect *out)
{
	struct mqtt_properties p;
	enum mqtt_reason reason = mqtt_read_properties(r, CONNECT_PROPERTIES, &p);
	bool method = (p.present & MQTT_HAS(MQTT_AUTHENTICATION_METHOD)) != 0;
	bool data = (p.present & MQTT_HAS(MQTT_AUTHENTICATION_DATA)) != 0;

	if (reason != MQTT_OK)
		return reason;
	if (data && !method)
		return MQTT_PROTOCOL_ERROR;
	out->maximum_packet = p.maximum_packet;
	out->session_expiry = p.session_expiry;
	return method ? MQTT_BAD_AUTHENTICATION : MQTT_OK;
}

static enum mqtt_reason read_will(struct mqtt_reader *r, uint8_t flags, uint8_t level)
{
	struct mqtt_properties p;

	if (level == MQTT_5) {
		enum mqtt_reason reason = mqtt_read_properties(r, WILL_PROPERTIES, &p);
		if (reason != MQTT_OK)
			return reason;
	}
	struct mqtt_text topic = mqtt_read_text(r);
	mqtt_read_binary(r);
	if (r->failed || !mqtt_text_is_topic(topic))
		return MQTT_MALFORMED;
	// QoS 0 is the most we announce, so MQTT 5 demands this refusal (3.2.2.3.4).
	return level == MQTT_5 && (flags & WILL_QOS) != 0 ? MQTT_QOS_UNSUPPORTED : MQTT_OK;
}

/* The first reason counts, but for one that is found only when all could be read. */
static enum mqtt_reason read_rest(struct mqtt_reader *r, uint8_t flags, struct mqtt_connect *out)
{
	enum mqtt_reason wish = MQTT_OK, reason;

	if (out->level == MQTT_5) {
		wish = read_properties(r, out);
		if (wish == MQTT_MALFORMED || wish == MQTT_PROTOCOL_ERROR)
			return wish;
	}
	out->client_id = mqtt_read_text(r);
	if ((flags & WILL) != 0) {
		reason = read_will(r, flags, out->level);
		if (reason == MQTT_MALFORMED || reason == MQTT_PROTOCOL_ERROR)
			return reason;
		wish = wish == MQTT_OK ? reason : wish;
	}
	if ((flags & USER_NAME) != 0)
		mqtt_read_text(r);
	if ((flags & PASSWORD) != 0)
		mqtt_read_binary(r);
	if (r->failed || mqtt_left(r) > 0)
		return MQTT_MALFORMED;
	if (out->level == MQTT_3_1_1 && out->client_id.len == 0 && !out->clean)
		return MQTT_INVALID_CLIENT_ID;
	return wish;
}

enum mqtt_reason mqtt_connect_parse(const uint8_t *in, size_t len, struct mqtt_connect *out)
{
	struct mqtt_reader r = mqtt_reader(in, len);
	struct mqtt_text name = mqtt_read_binary(&r);
	uint8_t level = mqtt_read_u8(&r);

	*out = (struct mqtt_connect){0};
	if (r.failed || name.len != 4 || memcmp(name.at, "MQTT", 4) != 0)
		return MQTT_UNSUPPORTED_VERSION;
	out->level = level;
	if (level != MQTT_3_1_1 && level != MQTT_5)
		return MQTT_UNSUPPORTED_VERSION;
	uint8_t flags = mqtt_read_u8(&r);
	out->clean = (flags & CLEAN) != 0;
	out->keep_alive = mqtt_read_u16(&r);
	if (r.failed || !flags_are_sound(flags, level))
		return MQTT_MALFORMED;
	return read_rest(&r, flags, out);
}
