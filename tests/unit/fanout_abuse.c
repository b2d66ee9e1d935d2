/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Clients that send a byte at a time, too much, or noise, and such that go in the middle of a
 * frame: each gets what is due to it, and a healthy subscriber beside them all its frames.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LEN = 60000 };

static const char handshake[] = "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
				"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static void send_slowly(int fd, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		client_send_bytes(fd, text + i, 1);
}

Test(fanout_abuse, a_byte_at_a_time_is_as_good_as_all_at_once)
{
	static const char ping[] = "\x89\x83\x01\x02\x03\x04\x60\x60\x60"; // "abc", masked
	static const char request[] = "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n\r\n";
	struct rig rig = rig_start(1, 0);
	char answer[4096], bytes[64];

	rig_publish(&rig, 1, 1, 50);
	int tcp = client_connect(rig.tcp, 0), http = client_connect(rig.http, 0);
	int websocket = client_connect(rig.http, 0);
	send_slowly(tcp, "SUB 1\r\n", 7);
	cr_expect_eq(client_frame(tcp, 1, 50), 1);
	for (unsigned i = 0; i < 2; i++) {
		send_slowly(http, request, sizeof(request) - 1);
		client_read_until(http, "\r\n\r\n{\"channel\":1", answer, sizeof(answer));
		cr_expect_eq(strncmp(answer, i == 0 ? "HTTP/1.1 200 " : "", i == 0 ? 13 : 0), 0);
	}
	send_slowly(websocket, handshake, sizeof(handshake) - 1);
	client_read_until(websocket, "\r\n\r\n", answer, sizeof(answer));
	client_read(websocket, bytes, 2 + 50);
	send_slowly(websocket, ping, sizeof(ping) - 1);
	client_read(websocket, bytes, 5);
	cr_expect_eq(memcmp(bytes,
			     "\x8a\x03"
			     "abc",
			     5),
		0);
	close(tcp);
	close(http);
	close(websocket);
	rig_stop(&rig);
}

/* What is there in front of it, then a byte again and again, then what is behind. */
struct oversized {
	bool http;
	const char *before;
	char byte;
	size_t times;
	const char *behind;
	const char *answer;
	enum fanout_refusal reason;
};

static const struct oversized too_much[] = {
	{false, "SUB 1", '1', 600, "\n", "ERR the line is longer than 512 bytes\n",
		FANOUT_REFUSED_bad_line},
	{false, "SUB ", ',', 300, "\n", "ERR channels are numbers", FANOUT_REFUSED_bad_line},
	{true, "GET /", 'a', 5000, " HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 414 ",
		FANOUT_REFUSED_long_path},
	{true, "GET / HTTP/1.1\r\nHost: x\r\nX: ", 'a', 9000, "\r\n\r\n", "HTTP/1.1 431 ",
		FANOUT_REFUSED_long_head},
	{true, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: ", '9', 30, "\r\n\r\n", "HTTP/1.1 4",
		FANOUT_REFUSED_bad_request},
};

static void send_oversized(int fd, const struct oversized *o)
{
	static char text[16384];
	size_t before = strlen(o->before), behind = strlen(o->behind);

	memcpy(text, o->before, before);
	memset(text + before, o->byte, o->times);
	memcpy(text + before + o->times, o->behind, behind);
	client_send_bytes(fd, text, before + o->times + behind);
	shutdown(fd, SHUT_WR);
}

Test(fanout_abuse, too_much_is_refused_by_name)
{
	struct rig rig = rig_start(1, 0);
	char answer[4096];

	for (unsigned i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++) {
		const struct oversized *o = &too_much[i];
		int fd = client_connect(o->http ? rig.http : rig.tcp, 0);
		uint64_t before = rig_stats(&rig).refusals[o->reason];

		send_oversized(fd, o);
		client_read_all(fd, answer, sizeof(answer));
		cr_expect_eq(strncmp(answer, o->answer, strlen(o->answer)), 0, "%s: %s", o->before,
			answer);
		cr_expect_eq(rig_stats(&rig).refusals[o->reason], before + 1, "%s", o->before);
		close(fd);
	}
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 0);
	rig_stop(&rig);
}

static uint32_t state = 2463534242;

/* xorshift32 (Marsaglia), of a fixed seed. */
static uint32_t noise(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static int healthy_subscriber(const struct rig *rig)
{
	int fd = client_connect(rig->tcp, 0);

	client_send(fd, "SUB 1\n");
	return fd;
}

Test(fanout_abuse, noise_harms_nobody)
{
	enum { ROUNDS = 400 };
	struct rig rig = rig_start(2, 0);
	uint8_t bytes[700];

	rig_publish(&rig, 1, 1, 50);
	int healthy = healthy_subscriber(&rig);
	cr_expect_eq(client_frame(healthy, 1, 50), 1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		int fd = client_connect(round % 3 == 0 ? rig.tcp : rig.http, 0);
		size_t begin = round % 3 == 1 ? sizeof(handshake) - 1 : 0;

		memcpy(bytes, handshake, begin); // noise for the decoder of WebSockets
		for (size_t i = begin; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)noise();
		(void)!send(fd, bytes, begin + noise() % (sizeof(bytes) - begin), MSG_NOSIGNAL);
		close(fd);
	}
	for (uint32_t number = 2;
		rig_stats(&rig).tcp + rig_stats(&rig).http + rig_stats(&rig).websocket != 1;
		number++) {
		rig_publish(&rig, 1, number, 50);
		cr_expect_eq(client_frame(healthy, 1, 50), number);
	}
	close(healthy);
	rig_stop(&rig);
}

Test(fanout_abuse, a_reset_in_the_middle_of_a_frame_ends_one_connection)
{
	enum { GUESTS = 20, ROUNDS = 10 };
	const struct linger reset = {.l_onoff = 1};
	struct rig rig = rig_start(1, 0);
	uint32_t number = 1;
	char some[1000];
	int guests[GUESTS];

	rig_publish(&rig, 1, number, LEN);
	int healthy = healthy_subscriber(&rig);
	cr_expect_eq(client_frame(healthy, 1, LEN), number);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < GUESTS; i++) {
			guests[i] = client_connect(rig.tcp, 2048);
			client_send(guests[i], "SUB 1\n");
			client_read(guests[i], some, sizeof(some)); // there is more of it
			setsockopt(guests[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		}
		rig_publish(&rig, 1, ++number, LEN);
		for (unsigned i = 0; i < GUESTS; i++)
			close(guests[i]);
		cr_expect_eq(client_frame(healthy, 1, LEN), number);
		rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	}
	close(healthy);
	rig_stop(&rig);
}
