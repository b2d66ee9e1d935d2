/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The packets that we write, but for PUBLISH. Each call writes one whole packet to out and returns
 * its length; where a version does not have what is said, it is left out, and where it has no such
 * packet, the length is 0.
 */
#ifndef FANOUT_MQTT_WRITE_H
#define FANOUT_MQTT_WRITE_H

#include "fanout/mqtt_code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MQTT_ASSIGNED_ID_LEN = 39, // "uproar-" and 16 bytes in hex
	MQTT_SENTENCE_MAX = 100,
	MQTT_ANSWER_MAX = 192, // CONNACK, PINGRESP, DISCONNECT
	MQTT_LENGTH_MAX = 4,   // of a length that is written
};

struct mqtt_connack {
	enum mqtt_version version;
	enum mqtt_reason reason;
	const char *assigned_id; // MQTT_ASSIGNED_ID_LEN characters, or NULL
	bool forgets;            // the client wanted a session to be kept, which it is not
	const char *sentence;    // what is wrong, for people; NULL: none
};

size_t mqtt_put_connack(uint8_t *out, const struct mqtt_connack *connack);

/* sentence may be NULL. */
size_t mqtt_put_disconnect(
	uint8_t *out, enum mqtt_version version, enum mqtt_reason reason, const char *sentence);

size_t mqtt_put_pingresp(uint8_t *out);

/* The length of a SUBACK or an UNSUBACK for n filters. */
size_t mqtt_ack_length(enum mqtt_type type, enum mqtt_version version, unsigned n);

/*
 * Writes one as far as the codes, of which the caller then writes n behind it, but none into an
 * UNSUBACK of 3.1.1. Returns the length of what was written.
 */
size_t mqtt_put_ack(uint8_t *out, enum mqtt_type type, enum mqtt_version version,
	uint16_t packet_id, unsigned n);

/* A code as this version has it in a SUBACK. */
uint8_t mqtt_suback_code(enum mqtt_version version, enum mqtt_reason reason);

/* Writes a variable byte integer; returns its length. */
size_t mqtt_put_length(uint8_t *out, size_t length);

#endif
