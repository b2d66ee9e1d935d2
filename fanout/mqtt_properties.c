/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_properties.h"

enum value {
	NO_VALUE, // no client may send it
	FLAG,     // one byte, 0 or 1
	U16,
	U16_NOT_0,
	U32,
	U32_NOT_0,
	VARINT_NOT_0,
	TEXT,
	TOPIC,
	BINARY,
	TEXT_PAIR,
};

static const uint8_t values[MQTT_PROPERTIES] = {
	[MQTT_PAYLOAD_FORMAT] = FLAG,
	[MQTT_MESSAGE_EXPIRY] = U32,
	[MQTT_CONTENT_TYPE] = TEXT,
	[MQTT_RESPONSE_TOPIC] = TOPIC,
	[MQTT_CORRELATION_DATA] = BINARY,
	[MQTT_SUBSCRIPTION_IDENTIFIER] = VARINT_NOT_0,
	[MQTT_SESSION_EXPIRY] = U32,
	[MQTT_AUTHENTICATION_METHOD] = TEXT,
	[MQTT_AUTHENTICATION_DATA] = BINARY,
	[MQTT_REQUEST_PROBLEM_INFO] = FLAG,
	[MQTT_WILL_DELAY] = U32,
	[MQTT_REQUEST_RESPONSE_INFO] = FLAG,
	[MQTT_REASON_STRING] = TEXT,
	[MQTT_RECEIVE_MAXIMUM] = U16_NOT_0,
	[MQTT_TOPIC_ALIAS_MAXIMUM] = U16,
	[MQTT_USER_PROPERTY] = TEXT_PAIR,
	[MQTT_MAXIMUM_PACKET] = U32_NOT_0,
};

/* Reads a value; numbers go to *number. False if the protocol does not allow it. */
static bool read_value(struct mqtt_reader *r, enum value value, uint32_t *number)
{
	struct mqtt_text text;

	*number = 0;
	switch (value) {
	case FLAG:
		*number = mqtt_read_u8(r);
		return r->failed || *number <= 1;
	case U16:
		*number = mqtt_read_u16(r);
		return true;
	case U16_NOT_0:
		*number = mqtt_read_u16(r);
		return r->failed || *number > 0;
	case U32:
		*number = mqtt_read_u32(r);
		return true;
	case U32_NOT_0:
		*number = mqtt_read_u32(r);
		return r->failed || *number > 0;
	case VARINT_NOT_0:
		*number = mqtt_read_varint(r);
		return r->failed || *number > 0;
	case TOPIC:
		text = mqtt_read_text(r);
		return r->failed || mqtt_text_is_topic(text);
	case TEXT_PAIR:
		mqtt_read_text(r);
		mqtt_read_text(r);
		return true;
	case TEXT:
		mqtt_read_text(r);
		return true;
	case BINARY:
		mqtt_read_binary(r);
		return true;
	case NO_VALUE:
		break;
	}
	r->failed = true;
	return true;
}

static void keep(struct mqtt_properties *out, uint32_t id, uint32_t number)
{
	out->present |= MQTT_HAS(id);
	if (id == MQTT_SESSION_EXPIRY)
		out->session_expiry = number;
	else if (id == MQTT_MAXIMUM_PACKET)
		out->maximum_packet = number;
}

enum mqtt_reason mqtt_read_properties(
	struct mqtt_reader *r, uint64_t allowed, struct mqtt_properties *out)
{
	struct mqtt_reader part = mqtt_read_part(r, mqtt_read_varint(r));
	uint32_t number;

	*out = (struct mqtt_properties){0};
	while (mqtt_left(&part) > 0) {
		uint32_t id = mqtt_read_varint(&part);

		if (id >= MQTT_PROPERTIES || (allowed & MQTT_HAS(id)) == 0)
			return MQTT_MALFORMED; // 2.2.2.2: not valid for this packet
		if (!read_value(&part, (enum value)values[id], &number))
			return MQTT_PROTOCOL_ERROR;
		if (id != MQTT_USER_PROPERTY && (out->present & MQTT_HAS(id)) != 0)
			return MQTT_PROTOCOL_ERROR;
		keep(out, id, number);
	}
	return part.failed || r->failed ? MQTT_MALFORMED : MQTT_OK;
}
