/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Listeners behind a proxy that says whose each connection is.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define HEADER_LEN 28

/* From 192.0.2.last to us. */
static void put_header(char out[static HEADER_LEN], uint8_t last)
{
	memcpy(out,
		SIGNATURE "\x21\x11\x00\x0c"
			  "\xc0\x00\x02\x00\x7f\x00\x00\x01\x30\x39\x1e\x64",
		HEADER_LEN);
	out[19] = (char)last;
}

static struct rig start(unsigned max_per_source, unsigned handshake_seconds)
{
	struct address_range trusted[2];

	cr_assert(address_range_parse("10.0.0.0/8", &trusted[0]));
	cr_assert(address_range_parse("127.0.0.1", &trusted[1]));
	return rig_start_with((struct fanout_config){.threads = 1,
				      .max_connections = 100,
				      .max_per_source = max_per_source,
				      .handshake_seconds = handshake_seconds,
				      .proxies = trusted,
				      .n_proxies = 2},
		true);
}

static int proxied(const struct rig *rig, uint8_t last)
{
	char header[HEADER_LEN];
	int fd = client_connect(rig->tcp, 0);

	put_header(header, last);
	client_send_bytes(fd, header, sizeof(header));
	return fd;
}

static void await_refusals(const struct rig *rig, enum fanout_refusal reason, uint64_t n)
{
	rig_await(rig, offsetof(struct fanout_stats, refusals) + reason * sizeof(uint64_t), n);
}

/* A stream that ends, by a reset if something was not read, and not a byte before. */
static void expect_silence(int fd)
{
	char byte;

	cr_expect_leq(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

Test(fanout_proxied, behind_the_header_the_client_speaks_as_ever)
{
	struct rig rig = start(0, 10);
	char header[HEADER_LEN + 64], answer[4096];

	rig_publish(&rig, 1, 1, 50);
	put_header(header, 1);
	memcpy(header + HEADER_LEN, "SUB 1\n", 6);
	int tcp = client_connect(rig.tcp, 0);
	client_send_bytes(tcp, header, HEADER_LEN + 6); // in one packet
	cr_expect_eq(client_frame(tcp, 1, 50), 1);
	int slow = client_connect(rig.tcp, 0);
	for (unsigned i = 0; i < HEADER_LEN + 6; i++) // a byte at a time
		client_send_bytes(slow, header + i, 1);
	cr_expect_eq(client_frame(slow, 1, 50), 1);
	int http = client_connect(rig.http, 0);
	client_send_bytes(http, header, HEADER_LEN);
	client_send(http, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	client_read_all(http, answer, sizeof(answer));
	cr_expect_eq(strncmp(answer, "HTTP/1.1 200 ", 13), 0, "%s", answer);
	cr_expect_eq(rig_stats(&rig).refused, 0);
	close(tcp);
	close(slow);
	close(http);
	rig_stop(&rig);
}

Test(fanout_proxied, the_limit_of_an_address_is_that_of_the_client)
{
	struct rig rig = start(2, 10);
	int fds[6];
	char answer[256];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 6; i++) { // three clients, two connections each, through one proxy
		fds[i] = proxied(&rig, (uint8_t)(i / 2));
		client_send(fds[i], "SUB 1\n");
		cr_expect_eq(client_frame(fds[i], 1, 50), 1);
	}
	int third = proxied(&rig, 1);
	client_read_all(third, answer, sizeof(answer));
	cr_expect_str_eq(answer, "ERR too many connections from one address, try again later\n");
	await_refusals(&rig, FANOUT_REFUSED_source, 1);
	close(third);
	for (unsigned i = 0; i < 6; i++)
		close(fds[i]);
	rig_stop(&rig);
}

Test(fanout_proxied, a_check_of_health_counts_as_the_proxys_own)
{
	struct rig rig = start(1, 10);
	char answer[4096];

	fanout_document(rig.fanout, "/healthz", "application/json", "{}", 2);
	for (unsigned i = 0; i < 2; i++) {
		int fd = client_connect(rig.http, 0);

		client_send_bytes(fd, SIGNATURE "\x20\x00\x00\x00", 16);
		client_send(fd, "GET /healthz HTTP/1.0\r\n\r\n");
		client_read_all(fd, answer, sizeof(answer));
		cr_expect_eq(strncmp(answer, "HTTP/1.1 200 ", 13), 0, "%s", answer);
		close(fd);
		rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	}
	int fd = client_connect(rig.http, 0); // one that only looks whether the port is open
	close(fd);
	rig_await(&rig, offsetof(struct fanout_stats, accepted), 3);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	cr_expect_eq(rig_stats(&rig).refused, 0);
	rig_stop(&rig);
}

Test(fanout_proxied, who_is_not_trusted_or_sends_no_header_is_closed_without_a_word)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum fanout_refusal reason;
	} cases[] = {
		{"PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n", 36, FANOUT_REFUSED_proxy_version},
		{"GET / HTTP/1.1\r\n\r\n", 18, FANOUT_REFUSED_proxy_header},
		{"SUB 1\n", 6, FANOUT_REFUSED_proxy_header},
		{SIGNATURE "\x21\x11\x00\x0b", 16, FANOUT_REFUSED_proxy_header},
		{SIGNATURE "\x21\x11\xff\xff", 16, FANOUT_REFUSED_proxy_header},
	};
	struct rig rig = start(0, 10);
	uint64_t counts[FANOUT_REFUSALS] = {0};

	for (unsigned i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = client_connect(i % 2 == 0 ? rig.http : rig.tcp, 0);

		client_send_bytes(fd, cases[i / 2].bytes, cases[i / 2].len);
		expect_silence(fd);
		await_refusals(&rig, cases[i / 2].reason, ++counts[cases[i / 2].reason]);
	}
	int cut = client_connect(rig.tcp, 0);
	client_send_bytes(cut, SIGNATURE "\x21\x11\x00\x0c", 16);
	shutdown(cut, SHUT_WR);
	expect_silence(cut);
	await_refusals(&rig, FANOUT_REFUSED_proxy_header, ++counts[FANOUT_REFUSED_proxy_header]);
	expect_silence(client_connect_from("127.0.0.2", rig.tcp));
	await_refusals(&rig, FANOUT_REFUSED_proxy_stranger, 1);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 0);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_stop(&rig);
}

Test(fanout_proxied, a_header_that_does_not_come_in_time_is_not_waited_for)
{
	struct rig rig = start(0, 1);
	int silent = client_connect(rig.http, 0), half = client_connect(rig.tcp, 0);

	client_send_bytes(half, SIGNATURE "\x21", 13);
	expect_silence(silent);
	expect_silence(half);
	await_refusals(&rig, FANOUT_REFUSED_proxy_header, 2);
	rig_stop(&rig);
}

Test(fanout_proxied, the_fan_out_stops_while_headers_are_waited_for)
{
	struct rig rig = start(1, 10);
	int silent = client_connect(rig.http, 0), half = client_connect(rig.tcp, 0);

	client_send_bytes(half, SIGNATURE, 12);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	rig_await(&rig, offsetof(struct fanout_stats, http), 1);
	rig_stop(&rig);
	close(silent);
	close(half);
}

/* Any number of pieces, bytes and ends: a small generator with a fixed seed chooses. */
Test(fanout_proxied, a_hostile_proxy_harms_nobody)
{
	enum { ROUNDS = 300 };
	struct rig rig = start(1000, 10);
	const struct linger reset = {.l_onoff = 1};
	uint32_t state = 2463534242;
	char text[HEADER_LEN + 6];

	rig_publish(&rig, 1, 1, 50);
	int healthy = proxied(&rig, 9);
	client_send(healthy, "SUB 1\n");
	cr_expect_eq(client_frame(healthy, 1, 50), 1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		int fd = client_connect(rig.tcp, 0);

		state = state * 1664525 + 1013904223;
		put_header(text, (uint8_t)round);
		memcpy(text + HEADER_LEN, "SUB 1\n", 6);
		if ((state >> 8) % 3 == 0)
			text[(state >> 10) % sizeof(text)] ^= (char)(1 << (state >> 16) % 8);
		/* It may have been closed in the meantime. */
		(void)!send(fd, text, (state >> 20) % (sizeof(text) + 1), MSG_NOSIGNAL);
		if ((state >> 28) % 2 == 0)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
	for (uint32_t number = 2; rig_stats(&rig).tcp != 1; number++) {
		rig_publish(&rig, 1, number, 50);
		cr_expect_eq(client_frame(healthy, 1, 50), number);
	}
	close(healthy);
	rig_stop(&rig);
}
