/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a client sends after CONNECT: SUBSCRIBE, UNSUBSCRIBE and DISCONNECT, behind their fixed
 * headers. (PINGREQ has nothing there, and PUBLISH and the rest end at theirs.)
 */
#ifndef FANOUT_MQTT_PACKET_H
#define FANOUT_MQTT_PACKET_H

#include "fanout/mqtt_code.h"
#include "fanout/mqtt_reader.h"

/* Of a SUBSCRIBE or an UNSUBSCRIBE. */
struct mqtt_filters {
	uint16_t packet_id;
	uint16_t n; // how many there are
	bool with_options;
	struct mqtt_reader rest; // those that mqtt_filters_next() has not passed
};

enum mqtt_retain_handling {
	MQTT_RETAINED_ALWAYS = 0,
	MQTT_RETAINED_IF_NEW = 1,
	MQTT_RETAINED_NEVER = 2,
};

struct mqtt_asked {
	struct mqtt_text filter; // well-formed UTF-8; not yet looked at as a filter
	uint8_t retain_handling; // enum mqtt_retain_handling
	bool retain_as_published;
	bool no_local;
};

/*
 * Check the whole packet; then each filter can be had in order. MQTT_OK, or the reason of MQTT 5
 * why the connection ends.
 */
enum mqtt_reason mqtt_subscribe_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, struct mqtt_filters *out);
enum mqtt_reason mqtt_unsubscribe_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, struct mqtt_filters *out);

/* False behind the last. */
bool mqtt_filters_next(struct mqtt_filters *filters, struct mqtt_asked *out);

/* expiry: whether the CONNECT had a session expiry that is not 0. */
enum mqtt_reason mqtt_disconnect_parse(
	const uint8_t *in, size_t len, enum mqtt_version version, bool expiry);

#endif
