/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A plain MQTT client on a socket, for both versions. What it reads it compares.
 */
#ifndef TESTS_UNIT_MQTT_RIG_H
#define TESTS_UNIT_MQTT_RIG_H

#include "fanout/mqtt_code.h"
#include "fanout_rig.h"

/* A literal with its length; may hold zeros. */
#define BYTES(text) text, sizeof(text) - 1

/* Sends CONNECT and reads that it is accepted. */
int mqtt_open(const struct rig *rig, enum mqtt_version version, const char *id);

/* Writes a CONNECT with a keep alive of so many seconds; returns its length. */
size_t mqtt_put_connect(
	uint8_t *out, enum mqtt_version version, const char *id, uint16_t keep_alive);

/* Sends SUBSCRIBE for one filter, packet id 1, and reads that the code for it is this one. */
void mqtt_subscribe(
	int fd, enum mqtt_version version, const char *filter, uint8_t options, uint8_t code);

/* Writes that SUBSCRIBE; returns its length. */
size_t mqtt_put_subscribe(
	uint8_t *out, enum mqtt_version version, const char *filter, uint8_t options);

void mqtt_unsubscribe(int fd, enum mqtt_version version, const char *filter, uint8_t code);

/* Reads these bytes. */
void mqtt_expect(int fd, const void *bytes, size_t len);

/* Reads a whole packet into out, which has room for it; returns its length. */
size_t mqtt_read_packet(int fd, uint8_t *out, size_t cap);

/* Reads the PUBLISH of a frame of rig_publish(). */
void mqtt_expect_frame(int fd, enum mqtt_version version, bool retain, uint16_t channel,
	uint32_t number, size_t len);
void mqtt_expect_json(int fd, enum mqtt_version version, bool retain, uint16_t channel,
	uint32_t number, size_t len);

/* Reads a PUBLISH of that topic and payload. */
void mqtt_expect_publish(int fd, enum mqtt_version version, bool retain, const char *topic,
	const void *payload, size_t len);

/* Pings: whatever comes before the answer would be found. */
void mqtt_expect_nothing(int fd);

/* Reads the end of the stream, nothing before it. */
void mqtt_expect_end(int fd);

/* Reads a DISCONNECT of version 5 with that reason, and the end. */
void mqtt_expect_disconnect(int fd, enum mqtt_reason reason);

#endif
