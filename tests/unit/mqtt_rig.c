/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "mqtt_rig.h"

#include "fanout/mqtt_write.h"
#include "wire/bytes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PACKET_MAX = 70000 };

static size_t put_text(uint8_t *out, const char *text)
{
	store_be16(out, (uint16_t)strlen(text));
	memcpy(out + 2, text, strlen(text));
	return 2 + strlen(text);
}

/* The first byte, the length, and the body that was written elsewhere. */
static size_t put_packet(uint8_t *out, uint8_t first, const uint8_t *body, size_t len)
{
	out[0] = first;
	size_t head = 1 + mqtt_put_length(out + 1, len);
	memcpy(out + head, body, len);
	return head + len;
}

size_t mqtt_put_connect(
	uint8_t *out, enum mqtt_version version, const char *id, uint16_t keep_alive)
{
	uint8_t body[256];
	size_t n = put_text(body, "MQTT");

	body[n++] = (uint8_t)version;
	body[n++] = 2; // clean
	store_be16(body + n, keep_alive);
	n += 2;
	if (version == MQTT_5)
		body[n++] = 0;
	n += put_text(body + n, id);
	return put_packet(out, 0x10, body, n);
}

int mqtt_open(const struct rig *rig, enum mqtt_version version, const char *id)
{
	int fd = client_connect(rig->mqtt, 0);
	uint8_t packet[300];

	client_send_bytes(fd, packet, mqtt_put_connect(packet, version, id, 60));
	if (version == MQTT_3_1_1) {
		mqtt_expect(fd, BYTES("\x20\2\0\0"));
	} else {
		mqtt_read_packet(fd, packet, sizeof(packet));
		cr_assert_eq(memcmp(packet + 2, "\0\0", 2), 0, "refused: %02x", packet[3]);
	}
	return fd;
}

static size_t put_filter(uint8_t *out, uint8_t first, enum mqtt_version version, const char *filter,
	const uint8_t *options)
{
	uint8_t body[300] = {0, 1};
	size_t n = 2;

	if (version == MQTT_5)
		body[n++] = 0;
	n += put_text(body + n, filter);
	if (options != NULL)
		body[n++] = *options;
	return put_packet(out, first, body, n);
}

size_t mqtt_put_subscribe(
	uint8_t *out, enum mqtt_version version, const char *filter, uint8_t options)
{
	return put_filter(out, 0x82, version, filter, &options);
}

void mqtt_subscribe(
	int fd, enum mqtt_version version, const char *filter, uint8_t options, uint8_t code)
{
	uint8_t packet[300];

	client_send_bytes(fd, packet, mqtt_put_subscribe(packet, version, filter, options));
	size_t len = mqtt_put_ack(packet, MQTT_SUBACK, version, 1, 1);
	packet[len++] = code;
	mqtt_expect(fd, packet, len);
}

void mqtt_unsubscribe(int fd, enum mqtt_version version, const char *filter, uint8_t code)
{
	uint8_t packet[300];

	client_send_bytes(fd, packet, put_filter(packet, 0xa2, version, filter, NULL));
	size_t len = mqtt_put_ack(packet, MQTT_UNSUBACK, version, 1, 1);
	if (version == MQTT_5)
		packet[len++] = code;
	mqtt_expect(fd, packet, len);
}

void mqtt_expect(int fd, const void *bytes, size_t len)
{
	static uint8_t got[PACKET_MAX];

	cr_assert_leq(len, sizeof(got));
	client_read(fd, got, len);
	for (size_t i = 0; i < len; i++)
		cr_assert_eq(got[i], ((const uint8_t *)bytes)[i],
			"byte %zu of %zu is %02x, not %02x", i, len, got[i],
			((const uint8_t *)bytes)[i]);
}

size_t mqtt_read_packet(int fd, uint8_t *out, size_t cap)
{
	size_t n = 1, length = 0;

	client_read(fd, out, 1);
	for (unsigned shift = 0;; shift += 7, n++) {
		client_read(fd, out + n, 1);
		length |= (size_t)(out[n] & 0x7f) << shift;
		if ((out[n] & 0x80) == 0)
			break;
	}
	n++;
	cr_assert_leq(n + length, cap);
	client_read(fd, out + n, length);
	return n + length;
}

void mqtt_expect_publish(int fd, enum mqtt_version version, bool retain, const char *topic,
	const void *payload, size_t len)
{
	static uint8_t body[PACKET_MAX], packet[PACKET_MAX];
	size_t n = put_text(body, topic);

	if (version == MQTT_5)
		body[n++] = 0;
	memcpy(body + n, payload, len);
	mqtt_expect(fd, packet, put_packet(packet, retain ? 0x31 : 0x30, body, n + len));
}

void mqtt_expect_frame(int fd, enum mqtt_version version, bool retain, uint16_t channel,
	uint32_t number, size_t len)
{
	static uint8_t payload[PACKET_MAX];
	char topic[32];

	sprintf(topic, "uproar/%u/frame", channel);
	mqtt_expect_publish(
		fd, version, retain, topic, payload, rig_binary(payload, channel, number, len));
}

void mqtt_expect_json(int fd, enum mqtt_version version, bool retain, uint16_t channel,
	uint32_t number, size_t len)
{
	static char payload[PACKET_MAX];
	char topic[32];

	sprintf(topic, "uproar/%u/json", channel);
	mqtt_expect_publish(
		fd, version, retain, topic, payload, rig_json(payload, channel, number, len));
}

void mqtt_expect_nothing(int fd)
{
	client_send_bytes(fd, BYTES("\xc0\0"));
	mqtt_expect(fd, BYTES("\xd0\0"));
}

void mqtt_expect_end(int fd)
{
	char rest[300];

	cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
	close(fd);
}

void mqtt_expect_disconnect(int fd, enum mqtt_reason reason)
{
	uint8_t packet[300];

	mqtt_read_packet(fd, packet, sizeof(packet));
	cr_assert_eq(packet[0], 0xe0);
	cr_assert_eq(packet[2], reason, "%02x", packet[2]);
	mqtt_expect_end(fd);
}
