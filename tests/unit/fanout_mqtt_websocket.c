/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * MQTT within the binary messages of a WebSocket: packets and messages have nothing to do with each
 * other on the way in; each packet is a message on the way out.
 */

#include "mqtt_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char REQUEST[] = "GET /mqtt HTTP/1.1\r\n"
			      "Host: x\r\n"
			      "Upgrade: websocket\r\n"
			      "Connection: Upgrade\r\n"
			      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			      "%s"
			      "Sec-WebSocket-Version: 13\r\n\r\n";
static const char OFFER[] = "Sec-WebSocket-Protocol: mqttv3.1, mqtt\r\n";
static const char CONNECT[] = "\x10\x0d\0\4MQTT\4\2\0\0\0\1a";
static const char CONNECT_5[] = "\x10\x0e\0\4MQTT\5\2\0\0\0\0\1a";
static const char SUBSCRIBE[] = "\x82\x13\0\1\0\x0euproar/1/frame\0";

static const char *ask(int fd, const char *protocols, char *head, size_t cap)
{
	char request[512];

	snprintf(request, sizeof(request), REQUEST, protocols);
	client_send(fd, request);
	return client_read_until(fd, "\r\n\r\n", head, cap);
}

static int open_websocket(const struct rig *rig)
{
	int fd = client_connect(rig->http, 0);
	char head[512];

	ask(fd, OFFER, head, sizeof(head));
	cr_assert_eq(strncmp(head, "HTTP/1.1 101 ", 13), 0, "%s", head);
	cr_assert_not_null(strstr(head, "\r\nSec-WebSocket-Protocol: mqtt\r\n"));
	return fd;
}

/* Writes a client's frame with a mask; returns its length. */
static size_t put_message(uint8_t *out, uint8_t first, const void *payload, size_t len)
{
	static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};

	cr_assert_leq(len, 125);
	out[0] = first;
	out[1] = (uint8_t)(0x80 | len);
	memcpy(out + 2, mask, 4);
	for (size_t i = 0; i < len; i++)
		out[6 + i] = ((const uint8_t *)payload)[i] ^ mask[i % 4];
	return 6 + len;
}

static void send_message(int fd, uint8_t first, const void *payload, size_t len)
{
	uint8_t frame[140];

	client_send_bytes(fd, frame, put_message(frame, first, payload, len));
}

/* Reads a message of less than 126 bytes and compares. */
static void expect_message(int fd, uint8_t first, const void *payload, size_t len)
{
	uint8_t head[2] = {first, (uint8_t)len};

	mqtt_expect(fd, head, sizeof(head));
	mqtt_expect(fd, payload, len);
}

static void expect_frame(int fd, bool retain, uint32_t number, size_t len)
{
	uint8_t head[] = {0x82, (uint8_t)(len + 18)};

	mqtt_expect(fd, head, sizeof(head));
	mqtt_expect_frame(fd, MQTT_3_1_1, retain, 1, number, len);
}

Test(fanout_mqtt_websocket, a_client_connects_subscribes_and_leaves)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x82, CONNECT, sizeof(CONNECT) - 1);
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	rig_await(&rig, offsetof(struct fanout_stats, mqtt), 1);
	cr_assert_eq(rig_stats(&rig).websocket, 0);
	send_message(fd, 0x82, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
	expect_message(fd, 0x82, BYTES("\x90\3\0\1\0"));
	rig_publish(&rig, 1, 1, 100);
	expect_frame(fd, false, 1, 100);
	send_message(fd, 0x82, BYTES("\xe0\0"));
	expect_message(fd, 0x88, BYTES("\x03\xe8"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, packets_and_messages_have_nothing_to_do_with_each_other)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);
	uint8_t packets[200];
	size_t len = sizeof(CONNECT) - 1;

	memcpy(packets, CONNECT, len);
	memcpy(packets + len, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
	len += sizeof(SUBSCRIBE) - 1;
	memcpy(packets + len, "\xc0\0\xc0\0", 4);
	len += 4;
	for (unsigned i = 0; i < len; i++) { // a message of one fragment for each byte, with pings
		send_message(fd, i == 0 ? 0x02 : i + 1 < len ? 0x00 : 0x80, packets + i, 1);
		if (i == 7)
			send_message(fd, 0x89, "hello", 5);
	}
	expect_message(fd, 0x8a, "hello", 5);
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	expect_message(fd, 0x82, BYTES("\x90\3\0\1\0"));
	expect_message(fd, 0x82, BYTES("\xd0\0"));
	expect_message(fd, 0x82, BYTES("\xd0\0"));
	rig_publish(&rig, 1, 1, 100);
	expect_frame(fd, false, 1, 100);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, everything_may_come_in_one_segment)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0);
	uint8_t bytes[1024];
	char head[512];
	size_t len = (size_t)snprintf((char *)bytes, sizeof(bytes), REQUEST, OFFER);

	len += put_message(bytes + len, 0x82, CONNECT, sizeof(CONNECT) - 1);
	len += put_message(bytes + len, 0x89, "x", 1);
	len += put_message(bytes + len, 0x82, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
	len += put_message(bytes + len, 0x89, "y", 1);
	len += put_message(bytes + len, 0x82, BYTES("\xc0\0\xc0"));
	len += put_message(bytes + len, 0x82, BYTES("\0\xe0\0"));
	client_send_bytes(fd, bytes, len);
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	expect_message(fd, 0x8a, "x", 1);
	expect_message(fd, 0x82, BYTES("\x90\3\0\1\0"));
	expect_message(fd, 0x8a, "y", 1);
	expect_message(fd, 0x82, BYTES("\xd0\0"));
	expect_message(fd, 0x82, BYTES("\xd0\0"));
	expect_message(fd, 0x88, BYTES("\x03\xe8"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, a_message_may_be_of_any_length)
{
	enum { FRAGMENTS = 200, PINGS = 30 };
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);
	uint8_t pings[2 * PINGS];

	send_message(fd, 0x02, CONNECT, sizeof(CONNECT) - 1);
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	for (unsigned i = 0; i < PINGS; i++)
		memcpy(pings + 2 * i, "\xc0\0", 2);
	for (unsigned i = 0; i < FRAGMENTS; i++)
		send_message(fd, 0x00, pings, sizeof(pings));
	for (unsigned i = 0; i < FRAGMENTS * PINGS; i++)
		expect_message(fd, 0x82, BYTES("\xd0\0"));
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, the_subprotocol_has_to_be_offered)
{
	struct rig rig = rig_start(1, 0);
	char head[512];
	int fd = client_connect(rig.http, 0);

	cr_assert_not_null(strstr(ask(fd, "", head, sizeof(head)), "400 Bad Request"));
	close(fd);
	fd = client_connect(rig.http, 0);
	cr_assert_not_null(
		strstr(ask(fd, "Sec-WebSocket-Protocol: mqttv3.1\r\n", head, sizeof(head)),
			"400 Bad Request"));
	close(fd);
	fd = client_connect(rig.http, 0);
	client_send(fd, "GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n");
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	cr_assert_not_null(strstr(head, "426 Upgrade Required"));
	close(fd);
	rig_stop(&rig);
}

/* The most that a client can say is no less than anything else, envelope or not. */
Test(fanout_mqtt_websocket, a_client_that_takes_the_largest_packets_gets_frames)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x82, BYTES("\x10\x13\0\4MQTT\5\2\0\0\5\x27\xff\xff\xff\xff\0\1a"));
	expect_message(fd, 0x82, BYTES("\x20\x0e\0\0\x0b\x24\0\x27\0\0\x20\0\x29\0\x2a\0"));
	send_message(fd, 0x82, BYTES("\x82\x14\0\1\0\0\x0euproar/1/frame\0"));
	expect_message(fd, 0x82, BYTES("\x90\4\0\1\0\0"));
	rig_publish(&rig, 1, 1, 50);
	mqtt_expect(fd, BYTES("\x82\x45"));
	mqtt_expect_frame(fd, MQTT_5, false, 1, 1, 50);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, text_is_no_mqtt)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x81, "hello", 5);
	expect_message(fd, 0x88, BYTES("\x03\xeb"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, what_ends_mqtt_ends_the_websocket)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x82, CONNECT, sizeof(CONNECT) - 1);
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	send_message(fd, 0x82, BYTES("\x30\3\0\1t"));
	expect_message(fd, 0x88, BYTES("\x03\xe8"));
	mqtt_expect_end(fd);

	fd = open_websocket(&rig);
	send_message(fd, 0x82, BYTES("\xc0\0"));
	expect_message(fd, 0x88, BYTES("\x03\xe8"));
	mqtt_expect_end(fd);

	fd = open_websocket(&rig);
	send_message(fd, 0x82, CONNECT_5, sizeof(CONNECT_5) - 1);
	expect_message(fd, 0x82, BYTES("\x20\x0e\0\0\x0b\x24\0\x27\0\0\x20\0\x29\0\x2a\0"));
	send_message(fd, 0x82, BYTES("\x00\0"));
	expect_message(fd, 0x82, BYTES("\xe0\1\x81"));
	expect_message(fd, 0x88, BYTES("\x03\xe8"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, a_closing_websocket_is_closed)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x82, CONNECT, sizeof(CONNECT) - 1);
	expect_message(fd, 0x82, BYTES("\x20\2\0\0"));
	send_message(fd, 0x88, BYTES("\x03\xe9"));
	expect_message(fd, 0x88, BYTES("\x03\xe9"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, an_unmasked_message_is_an_error)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	client_send_bytes(fd, BYTES("\x82\2\xc0\0"));
	expect_message(fd, 0x88, BYTES("\x03\xea"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_websocket, stopping_is_said_in_both)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig);

	send_message(fd, 0x82, CONNECT_5, sizeof(CONNECT_5) - 1);
	expect_message(fd, 0x82, BYTES("\x20\x0e\0\0\x0b\x24\0\x27\0\0\x20\0\x29\0\x2a\0"));
	rig_stop(&rig);
	expect_message(fd, 0x82, BYTES("\xe0\x15\x8b\x13\x1f\0\x10the server stops"));
	expect_message(fd, 0x88, BYTES("\x03\xe9"));
	mqtt_expect_end(fd);
}
