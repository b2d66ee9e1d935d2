/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_packet.h"

#include "fanout/mqtt_properties.h"

enum { // subscription options
	QOS = 0x03,
	NO_LOCAL = 0x04,
	RETAIN_AS_PUBLISHED = 0x08,
	RETAIN_HANDLING = 0x30,
	RESERVED_5 = 0xc0,
	RESERVED_3 = 0xfc,
};

static enum mqtt_reason check_options(uint8_t options, enum mqtt_version version)
{
	if (version == MQTT_3_1_1)
		return (options & RESERVED_3) != 0 || options == QOS ? MQTT_MALFORMED : MQTT_OK;
	if ((options & RESERVED_5) != 0)
		return MQTT_MALFORMED;
	return (options & QOS) == QOS || (options & RETAIN_HANDLING) == RETAIN_HANDLING
		       ? MQTT_PROTOCOL_ERROR
		       : MQTT_OK;
}

static enum mqtt_reason check_filters(struct mqtt_filters *out, enum mqtt_version version)
{
	struct mqtt_reader r = out->rest;

	while (mqtt_left(&r) > 0) {
		struct mqtt_text filter = mqtt_read_text(&r);
		uint8_t options = out->with_options ? mqtt_read_u8(&r) : 0;

		if (r.failed || filter.len == 0)
			return MQTT_MALFORMED;
		enum mqtt_reason reason = check_options(options, version);
		if (reason != MQTT_OK)
			return reason;
		out->n++;
	}
	return out->n == 0 ? MQTT_PROTOCOL_ERROR : MQTT_OK;
}

static enum mqtt_reason parse(const uint8_t *in, size_t len, enum mqtt_version version,
	uint64_t allowed, struct mqtt_filters *out)
{
	struct mqtt_reader r = mqtt_reader(in, len);
	struct mqtt_properties p = {0};

	out->packet_id = mqtt_read_u16(&r);
	if (version == MQTT_5) {
		enum mqtt_reason reason = mqtt_read_properties(&r, allowed, &p);
		if (reason != MQTT_OK)
			return reason;
	}
	if (r.failed)
		return MQTT_MALFORMED;
	if (out->packet_id == 0)
		return MQTT_PROTOCOL_ERROR;
	out->rest = r;
	enum mqtt_reason reason = check_filters(out, version);
	if (reason == MQTT_OK && (p.present & MQTT_HAS(MQTT_SUBSCRIPTION_IDENTIFIER)) != 0)
		return MQTT_IDENTIFIERS_UNSUPPORTED;
	return reason;
}

enum mqtt_reason mqtt_subscribe_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, struct mqtt_filters *out)
{
	*out = (struct mqtt_filters){.with_options = true};
	return parse(in, len, version,
		MQTT_HAS(MQTT_SUBSCRIPTION_IDENTIFIER) | MQTT_HAS(MQTT_USER_PROPERTY), out);
}

enum mqtt_reason mqtt_unsubscribe_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, struct mqtt_filters *out)
{
	*out = (struct mqtt_filters){.with_options = false};
	return parse(in, len, version, MQTT_HAS(MQTT_USER_PROPERTY), out);
}

bool mqtt_filters_next(struct mqtt_filters *filters, struct mqtt_asked *out)
{
	if (mqtt_left(&filters->rest) == 0)
		return false;
	out->filter = mqtt_read_text(&filters->rest);
	uint8_t options = filters->with_options ? mqtt_read_u8(&filters->rest) : 0;
	out->retain_handling = (options & RETAIN_HANDLING) >> 4;
	out->retain_as_published = (options & RETAIN_AS_PUBLISHED) != 0;
	out->no_local = (options & NO_LOCAL) != 0;
	return true;
}

enum mqtt_reason mqtt_disconnect_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, bool expiry)
{
	struct mqtt_reader r = mqtt_reader(in, len);
	struct mqtt_properties p = {0};

	if (version == MQTT_3_1_1)
		return len == 0 ? MQTT_OK : MQTT_MALFORMED;
	if (len == 0)
		return MQTT_OK; // a normal end
	uint8_t code = mqtt_read_u8(&r);
	if (mqtt_left(&r) > 0) {
		enum mqtt_reason reason = mqtt_read_properties(&r,
			MQTT_HAS(MQTT_SESSION_EXPIRY) | MQTT_HAS(MQTT_REASON_STRING) |
				MQTT_HAS(MQTT_USER_PROPERTY),
			&p);
		if (reason != MQTT_OK)
			return reason;
	}
	if (r.failed || mqtt_left(&r) > 0)
		return MQTT_MALFORMED;
	if (code != MQTT_OK && code != MQTT_WITH_WILL && code < MQTT_UNSPECIFIED)
		return MQTT_PROTOCOL_ERROR;
	return p.session_expiry != 0 && !expiry ? MQTT_PROTOCOL_ERROR : MQTT_OK;
}
