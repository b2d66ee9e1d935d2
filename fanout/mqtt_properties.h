/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The properties of an MQTT 5 packet that a client sends: each must belong to that packet, have a
 * value of its type, and come once.
 */
#ifndef FANOUT_MQTT_PROPERTIES_H
#define FANOUT_MQTT_PROPERTIES_H

#include "fanout/mqtt_code.h"
#include "fanout/mqtt_reader.h"

/* A set of enum mqtt_property. */
#define MQTT_HAS(property) (UINT64_C(1) << (property))

struct mqtt_properties {
	uint64_t present;        // MQTT_HAS() of each that came
	uint32_t session_expiry; // seconds
	uint32_t maximum_packet; // bytes
};

/*
 * Reads the length and the properties, of which those in allowed may come. MQTT_OK, MQTT_MALFORMED
 * or MQTT_PROTOCOL_ERROR. Values that did not come are 0.
 */
enum mqtt_reason mqtt_read_properties(
	struct mqtt_reader *r, uint64_t allowed, struct mqtt_properties *out);

#endif
