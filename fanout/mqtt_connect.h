/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * CONNECT (3.1 of both standards): the first packet of a client.
 */
#ifndef FANOUT_MQTT_CONNECT_H
#define FANOUT_MQTT_CONNECT_H

#include "fanout/mqtt_code.h"
#include "fanout/mqtt_reader.h"

struct mqtt_connect {
	uint8_t level;           // of the protocol, as the client says it; 0: this is no MQTT
	bool clean;              // 3.1.1: clean session; 5: clean start
	uint16_t keep_alive;     // seconds; 0: off
	uint32_t maximum_packet; // bytes that the client takes; 0: any
	uint32_t session_expiry; // seconds that it wants a session to be kept
	struct mqtt_text client_id;
};

/*
 * Parses the packet behind its fixed header. MQTT_OK, or the reason of MQTT 5 why not; level is
 * known in either case, so that the answer can be in that version. A will, a user name and a
 * password are checked and passed over.
 */
enum mqtt_reason mqtt_connect_parse(const uint8_t *in, size_t len, struct mqtt_connect *out);

#endif
