/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_header.h"

enum { DUP = 8, QOS = 6 };

/* PUBLISH is the only one whose flags mean something (3.3.1). */
static enum mqtt_reason publish_flags(uint8_t flags)
{
	if ((flags & QOS) == QOS || ((flags & QOS) == 0 && (flags & DUP) != 0))
		return MQTT_MALFORMED;
	return MQTT_NOT_AUTHORIZED;
}

static enum mqtt_reason check_first_byte(uint8_t type, uint8_t flags)
{
	switch (type) {
	case MQTT_PUBLISH:
		return publish_flags(flags);
	case MQTT_SUBSCRIBE:
	case MQTT_UNSUBSCRIBE:
		return flags == 2 ? MQTT_OK : MQTT_MALFORMED;
	case MQTT_CONNECT:
	case MQTT_PINGREQ:
	case MQTT_DISCONNECT:
	case MQTT_AUTH:
		return flags == 0 ? MQTT_OK : MQTT_MALFORMED;
	case 0:
		return MQTT_MALFORMED;
	case MQTT_PUBREL:
		return flags == 2 ? MQTT_PROTOCOL_ERROR : MQTT_MALFORMED;
	default: // what servers send, and answers to what is never sent here
		return flags == 0 ? MQTT_PROTOCOL_ERROR : MQTT_MALFORMED;
	}
}

enum mqtt_reason mqtt_header_read(const uint8_t *in, size_t len, struct mqtt_header *out)
{
	uint32_t length = 0;

	*out = (struct mqtt_header){0};
	if (len == 0)
		return MQTT_OK;
	out->type = in[0] >> 4;
	out->flags = in[0] & 0x0f;
	enum mqtt_reason reason = check_first_byte(out->type, out->flags);
	if (reason != MQTT_OK)
		return reason;
	for (unsigned i = 1; i < len; i++) {
		length |= (uint32_t)(in[i] & 0x7f) << (7 * (i - 1));
		if (length > MQTT_PACKET_MAX)
			return MQTT_TOO_LARGE;
		if ((in[i] & 0x80) != 0) {
			if (i == MQTT_HEADER_MAX - 1)
				return MQTT_MALFORMED;
			continue;
		}
		out->len = (uint8_t)(i + 1);
		out->minimal = i == 1 || in[i] != 0;
		out->length = length;
		return out->len + length > MQTT_PACKET_MAX ? MQTT_TOO_LARGE : MQTT_OK;
	}
	return MQTT_OK;
}
