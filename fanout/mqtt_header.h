/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fixed header of an MQTT packet (2.1 of both standards): type, flags, and the length of the
 * rest. It is checked as far as it has come, before a byte of the rest is kept.
 */
#ifndef FANOUT_MQTT_HEADER_H
#define FANOUT_MQTT_HEADER_H

#include "fanout/mqtt_code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MQTT_HEADER_MAX = 5,
	MQTT_PACKET_MAX = 8192, // that we take, with its header; MQTT 5 clients are told
};

struct mqtt_header {
	uint8_t type; // enum mqtt_type, one that a client may send
	uint8_t flags;
	uint8_t len;     // of the header; 0: more bytes are needed
	bool minimal;    // the length is in its shortest form
	uint32_t length; // of the rest
};

/*
 * Reads the header from as many bytes as there are. What no client may send, whatever follows, and
 * what is too large, is an error as soon as it shows: MQTT_MALFORMED, MQTT_PROTOCOL_ERROR,
 * MQTT_TOO_LARGE, and for every PUBLISH MQTT_NOT_AUTHORIZED.
 */
enum mqtt_reason mqtt_header_read(const uint8_t *in, size_t len, struct mqtt_header *out);

#endif
