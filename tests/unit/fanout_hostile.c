/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Clients that stop in the middle of anything, say anything, and go in any way. A small generator
 * with a fixed seed chooses, so that a failure comes again.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint32_t state = 2463534242;

/* xorshift32 (Marsaglia). */
static unsigned below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static const char *const tcp[] = {"SUB 1\n", "SUB 1,2,3 json\r\n", "SUB 9\n", "GET / HTTP/1.1\r\n"};

static const char *const http[] = {
	"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /v1/channels/1,2 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n",
	"GET /v1/channels/1,2?format=json HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
	"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	"Sec-WebSocket-Version: 13\r\n\r\n\x89\x81maskx\x88\x80mask",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
};

/* Sends a request, or a part of one, or one with a wrong byte, in pieces. */
static void misbehave(int fd, bool is_http)
{
	char text[512];
	const char *script = is_http ? http[below(4)] : tcp[below(4)];
	size_t len = strlen(script);

	memcpy(text, script, len);
	if (below(4) == 0)
		text[below((unsigned)len)] = (char)below(256);
	if (below(3) == 0)
		len = below((unsigned)len + 1);
	for (size_t at = 0; at < len;) {
		size_t n = below(3) == 0 ? 1 + below((unsigned)(len - at)) : len - at;

		/* It may have been refused in the meantime: then there is nobody to send to. */
		if (send(fd, text + at, n, MSG_NOSIGNAL) < 0)
			return;
		at += n;
	}
}

static void leave(int fd)
{
	struct linger reset = {.l_onoff = 1};
	char some[700];

	if (below(2) == 0)
		(void)!recv(fd, some, sizeof(some), MSG_DONTWAIT);
	if (below(3) == 0)
		shutdown(fd, SHUT_WR);
	if (below(3) == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void expect_frame(int fd, uint32_t number, size_t len)
{
	static uint8_t got[65536], wanted[65536];

	client_read(fd, got, len + 2);
	rig_binary(wanted, 1, number, len);
	cr_assert_eq(memcmp(got + 2, wanted, len), 0, "frame %u", number);
}

Test(fanout_hostile, nobody_can_hold_up_a_subscriber_or_stay_for_ever)
{
	enum { GUESTS = 40, ROUNDS = 1500, LEN = 3000 };
	struct rig rig = rig_start(2, 0);
	int healthy = client_connect(rig.tcp, 0), guests[GUESTS];
	uint32_t number = 1;

	fanout_document(rig.fanout, "/", "text/html", "<p>page", 7);
	rig_publish(&rig, 1, number, LEN);
	client_send(healthy, "SUB 1\n");
	expect_frame(healthy, number, LEN);
	for (unsigned i = 0; i < GUESTS; i++)
		guests[i] = client_connect(rig.tcp, 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned i = below(GUESTS), is_http = below(2);

		leave(guests[i]);
		guests[i] = client_connect(is_http ? rig.http : rig.tcp, below(2) == 0 ? 2048 : 0);
		misbehave(guests[i], is_http);
		if (round % 10 != 0)
			continue;
		rig_publish(&rig, 2, ++number, LEN);
		rig_publish(&rig, 1, number, LEN);
		expect_frame(healthy, number, LEN);
	}
	for (unsigned i = 0; i < GUESTS; i++)
		close(guests[i]);
	/* Who is gone without a word is noticed at the next frames, the second of which is answered
	 * by a reset. */
	for (unsigned i = 0; i < 20; i++) {
		rig_publish(&rig, 2, ++number, LEN);
		rig_publish(&rig, 1, number, LEN);
		expect_frame(healthy, number, LEN);
	}
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_await(&rig, offsetof(struct fanout_stats, websocket), 0);
	rig_await(&rig, offsetof(struct fanout_stats, sse), 0);
	cr_assert_eq(rig_stats(&rig).ring_overflows, 0);
	close(healthy);
	rig_stop(&rig);
}
