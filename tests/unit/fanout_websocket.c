/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char HANDSHAKE[] = "GET /v1/channels/%s HTTP/1.1\r\n"
				"Host: x\r\n"
				"Upgrade: websocket\r\n"
				"Connection: Upgrade\r\n"
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				"Sec-WebSocket-Version: 13\r\n\r\n";

static int open_websocket(const struct rig *rig, const char *channels, int receive_buffer)
{
	int fd = client_connect(rig->http, receive_buffer);
	char request[512], head[512];

	snprintf(request, sizeof(request), HANDSHAKE, channels);
	client_send(fd, request);
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	cr_assert_eq(strncmp(head, "HTTP/1.1 101 ", 13), 0, "%s", head);
	cr_assert_not_null(strstr(head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	cr_assert_null(strstr(head, "Sec-WebSocket-Extensions"));
	return fd;
}

/* The next frame: its first byte, and its payload in out. */
static uint8_t read_frame(int fd, uint8_t *out, size_t *len)
{
	uint8_t head[4];

	client_read(fd, head, 2);
	*len = head[1];
	cr_assert_leq(*len, 126, "a server does not mask");
	if (*len == 126) {
		client_read(fd, head + 2, 2);
		*len = (size_t)(head[2] << 8 | head[3]);
	}
	client_read(fd, out, *len);
	return head[0];
}

static uint8_t got[65536], wanted[65536];
static size_t got_len;

static void expect_frame(int fd, uint8_t first, const void *payload, size_t len)
{
	cr_assert_eq(read_frame(fd, got, &got_len), first);
	cr_assert_eq(got_len, len);
	cr_assert_eq(memcmp(got, payload, len), 0);
}

/* A client's frame with a mask of zeros. */
static void send_frame(int fd, uint8_t first, const void *payload, size_t len)
{
	uint8_t frame[140] = {first, (uint8_t)(0x80 | len)};

	memcpy(frame + 6, payload, len);
	client_send_bytes(fd, frame, 6 + len);
}

Test(fanout_websocket, frames_come_as_messages_of_the_form_asked_for)
{
	struct rig rig = rig_start(2, 0);

	rig_publish(&rig, 1, 1, 300);
	int binary = open_websocket(&rig, "1", 0), json = open_websocket(&rig, "1?format=json", 0);
	for (uint32_t number = 1; number <= 10; number++) {
		if (number > 1)
			rig_publish(&rig, 1, number, 300);
		expect_frame(binary, 0x82, wanted, rig_binary(wanted, 1, number, 300));
		expect_frame(json, 0x81, wanted, rig_json((char *)wanted, 1, number, 300));
	}
	cr_assert_eq(rig_stats(&rig).websocket, 2);
	cr_assert_eq(rig_stats(&rig).http, 0);
	close(binary);
	close(json);
	rig_stop(&rig);
}

Test(fanout_websocket, pings_are_answered_and_closes_closed)
{
	struct rig rig = rig_start(1, 0);
	int fd = open_websocket(&rig, "1", 0);
	char rest[16];

	send_frame(fd, 0x89, "hello", 5);
	expect_frame(fd, 0x8a, "hello", 5);
	send_frame(fd, 0x01, "fragmen", 7); // what a client says is taken and ignored
	send_frame(fd, 0x89, "", 0);
	expect_frame(fd, 0x8a, "", 0);
	send_frame(fd, 0x80, "ted", 3);
	rig_publish(&rig, 1, 1, 50);
	expect_frame(fd, 0x82, wanted, rig_binary(wanted, 1, 1, 50));
	send_frame(fd, 0x88, "\x03\xe9", 2);
	expect_frame(fd, 0x88, "\x03\xe9", 2);
	cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_websocket, frames_may_follow_the_request_in_the_same_segment)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0);
	char request[512], head[512];

	int len = snprintf(request, sizeof(request), HANDSHAKE, "1");
	memcpy(request + len, "\x89\x81\0\0\0\0x", 7);
	client_send_bytes(fd, request, (size_t)len + 7);
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	expect_frame(fd, 0x8a, "x", 1);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_websocket, who_breaks_the_protocol_is_closed_with_the_status)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *status;
	} cases[] = {
		{"\x81\x01x", 3, "\x03\xea"},              // not masked
		{"\xf1\x80\0\0\0\0", 6, "\x03\xea"},       // RSV
		{"\x80\x80\0\0\0\0", 6, "\x03\xea"},       // nothing to continue
		{"\x81\x81\0\0\0\0\xff", 7, "\x03\xef"},   // no UTF-8
		{"\x82\xfe\x20\0\0\0\0\0", 8, "\x03\xf1"}, // too long
		{"\x88\x81\0\0\0\0x", 7, "\x03\xea"},      // half a status
	};
	struct rig rig = rig_start(1, 0);
	char rest[16];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = open_websocket(&rig, "1", 0);

		client_send_bytes(fd, cases[i].bytes, cases[i].len);
		expect_frame(fd, 0x88, cases[i].status, 2);
		cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
		close(fd);
	}
	rig_stop(&rig);
}

Test(fanout_websocket, handshakes_are_checked)
{
	static const struct {
		const char *request;
		const char *answer;
	} cases[] = {
		{"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: "
		 "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: "
		 "8\r\n\r\n",
			"HTTP/1.1 426 "},
		{"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: "
		 "Upgrade\r\nSec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n",
			"HTTP/1.1 400 "},
		{"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: "
		 "websocket\r\nSec-WebSocket-Key: "
		 "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
			"HTTP/1.1 400 "},
		{"GET /v1/channels/9 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: "
		 "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: "
		 "13\r\n\r\n",
			"HTTP/1.1 404 "},
		{"GET /v1/channels/1?format=xml HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		 "Sec-WebSocket-Version: 13\r\n\r\n",
			"HTTP/1.1 400 "},
		{"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		 "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Version: 13\r\n\r\n",
			"HTTP/1.1 400 "},
	};
	struct rig rig = rig_start(1, 0);
	char head[2048];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = client_connect(rig.http, 0);

		client_send(fd, cases[i].request);
		client_read_until(fd, "\r\n\r\n", head, sizeof(head));
		cr_assert_eq(strncmp(head, cases[i].answer, 13), 0, "%s", head);
		if (i == 0)
			cr_assert_not_null(strstr(head, "Sec-WebSocket-Version: 13\r\n"
							"Upgrade: websocket\r\n"
							"Connection: Upgrade\r\n"));
		close(fd);
	}
	rig_stop(&rig);
}

/* Pings while frames are half sent: answers come between frames, never inside one. */
Test(fanout_websocket, a_pong_never_splits_a_frame)
{
	enum { LEN = 60000, PINGS = 500 };
	struct rig rig = rig_start(1, 0);
	unsigned pongs = 0;
	uint32_t number = 0;

	rig_publish(&rig, 1, 1, LEN);
	int fd = open_websocket(&rig, "1", 2048);
	for (uint32_t n = 2; n <= 50; n++) {
		rig_publish(&rig, 1, n, LEN);
		for (unsigned i = 0; i < PINGS / 50; i++)
			send_frame(fd, 0x89, "ping", 4);
	}
	while (number != 50 || pongs == 0) {
		if (read_frame(fd, got, &got_len) == 0x8a) {
			cr_assert_eq(got_len, 4);
			cr_assert_eq(memcmp(got, "ping", 4), 0);
			pongs++;
			continue;
		}
		cr_assert_eq(got_len, LEN);
		uint32_t next = (uint32_t)got[0] << 24 | (uint32_t)got[1] << 16 |
				(uint32_t)got[2] << 8 | got[3];
		cr_assert_gt(next, number);
		number = next;
		rig_binary(wanted, 1, number, LEN);
		cr_assert_eq(memcmp(got, wanted, LEN), 0);
	}
	close(fd);
	rig_stop(&rig);
}

Test(fanout_websocket, a_closed_channel_closes_with_a_status)
{
	struct rig rig = rig_start(1, 0);
	char rest[16];

	rig_publish(&rig, 3, 1, 50);
	int fd = open_websocket(&rig, "3", 0);
	expect_frame(fd, 0x82, wanted, rig_binary(wanted, 3, 1, 50));
	fanout_close_channel(rig.fanout, 3);
	expect_frame(fd, 0x88, "\x03\xe8", 2);
	send_frame(fd, 0x88, "\x03\xe8", 2);
	cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
	close(fd);
	rig_stop(&rig);
}

static void expect_going_away(int fd)
{
	char rest[16];

	expect_frame(fd, 0x88, "\x03\xe9", 2);
	cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
	close(fd);
}

Test(fanout_websocket, stopping_says_going_away_behind_the_last_frame)
{
	enum { CLIENTS = 520 }; // more than the thread takes leave of in one step
	struct rig rig = rig_start(1, 0);
	int fds[CLIENTS];

	for (unsigned i = 0; i < CLIENTS; i++)
		fds[i] = open_websocket(&rig, "1,2", 0);
	rig_publish(&rig, 1, 1, 50);
	rig_publish(&rig, 2, 2, 60);
	rig_stop(&rig);
	for (unsigned i = 0; i < CLIENTS; i++) {
		bool first_is_1 = read_frame(fds[i], got, &got_len) == 0x82 && got_len == 50;

		expect_frame(fds[i], 0x82, wanted,
			rig_binary(wanted, first_is_1 ? 2 : 1, first_is_1 ? 2 : 1,
				first_is_1 ? 60 : 50));
		expect_going_away(fds[i]);
	}
}

Test(fanout_websocket, who_does_not_read_cannot_hold_up_the_end)
{
	enum { LEN = 60000 };
	struct rig rig = rig_start(1, 0);
	struct timespec begin, end;

	rig_publish(&rig, 1, 1, LEN);
	int stalled = open_websocket(&rig, "1", 2048), healthy = open_websocket(&rig, "1", 0);
	for (uint32_t n = 1; n <= 50; n++) {
		if (n > 1)
			rig_publish(&rig, 1, n, LEN);
		expect_frame(healthy, 0x82, wanted, rig_binary(wanted, 1, n, LEN));
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	rig_stop(&rig);
	clock_gettime(CLOCK_MONOTONIC, &end);
	cr_assert_leq(end.tv_sec - begin.tv_sec, 2);
	expect_going_away(healthy);
	close(stalled);
}
