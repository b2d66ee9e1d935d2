/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The end, told in advance.
 */

#include "fanout_rig.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void await_connections(const struct rig *rig, unsigned n)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (unsigned i = 0; fanout_connections(rig->fanout) != n; i++) {
		cr_assert_lt(i, 20000, "%u are connected", fanout_connections(rig->fanout));
		nanosleep(&pause, NULL);
	}
}

static int subscribe(struct rig *rig)
{
	int fd = client_connect(rig->tcp, 0);

	client_send(fd, "SUB 1\n");
	cr_assert_eq(client_frame(fd, 1, 50), 1);
	return fd;
}

static int connects(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int ret = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;

	close(fd);
	return ret;
}

Test(fanout_drain, everybody_is_told_and_nobody_else_gets_in)
{
	enum { CLIENTS = 50 };
	struct rig rig = rig_start(2, 0);
	int fds[CLIENTS];
	char rest[64];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < CLIENTS; i++)
		fds[i] = subscribe(&rig);
	cr_assert_eq(fanout_connections(rig.fanout), CLIENTS);
	fanout_drain(rig.fanout, 200);
	for (unsigned i = 0; i < CLIENTS; i++) {
		cr_assert_eq(client_read_all(fds[i], rest, sizeof(rest)), 0);
		close(fds[i]);
	}
	await_connections(&rig, 0);
	cr_assert_eq(connects(rig.tcp), -ECONNREFUSED);
	cr_assert_eq(connects(rig.http), -ECONNREFUSED);
	rig_stop(&rig);
}

/* Frames that were not yet told are subscribers still. */
Test(fanout_drain, who_was_not_told_yet_gets_frames)
{
	enum { CLIENTS = 20, FOREVER_MS = 600000 };
	struct rig rig = rig_start(1, 0);
	int fds[CLIENTS];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < CLIENTS; i++)
		fds[i] = subscribe(&rig);
	fanout_drain(rig.fanout, FOREVER_MS);
	rig_publish(&rig, 1, 2, 50);
	for (unsigned i = 0; i < CLIENTS; i++)
		cr_assert_eq(client_frame(fds[i], 1, 50), 2);
	cr_assert_geq(fanout_connections(rig.fanout), CLIENTS - 1);
	rig_stop(&rig); // at once
	for (unsigned i = 0; i < CLIENTS; i++)
		close(fds[i]);
}

Test(fanout_drain, they_are_told_one_after_the_other_in_no_order)
{
	enum { CLIENTS = 64, TOLD_MS = 1500 };
	struct rig rig = rig_start(1, 0);
	struct pollfd fds[CLIENTS];
	unsigned looks = 0, in_order = 0, last = 0;

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < CLIENTS; i++)
		fds[i] = (struct pollfd){.fd = subscribe(&rig), .events = POLLIN};
	fanout_drain(rig.fanout, TOLD_MS);
	for (unsigned gone = 0; gone < CLIENTS; looks++) {
		cr_assert_gt(poll(fds, CLIENTS, 20000), 0);
		for (unsigned i = 0; i < CLIENTS; i++) {
			if (fds[i].revents == 0)
				continue;
			in_order += i == last + 1;
			last = i;
			close(fds[i].fd);
			fds[i].fd = -1;
			gone++;
		}
	}
	cr_assert_gt(looks, CLIENTS / 8, "they went in %u steps", looks);
	cr_assert_lt(in_order, CLIENTS / 2);
	await_connections(&rig, 0);
	rig_stop(&rig);
}

Test(fanout_drain, each_is_told_in_its_protocol)
{
	struct rig rig = rig_start(1, 0);
	int sse = client_connect(rig.http, 0), ws = client_connect(rig.http, 0),
	    idle = client_connect(rig.http, 0);
	char text[4096];
	unsigned retry;

	rig_publish(&rig, 1, 1, 50);
	client_send(
		sse, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
	client_read_until(sse, "\r\n\r\n", text, sizeof(text));
	client_read_until(sse, "\n\n", text, sizeof(text));
	client_send(ws, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
	client_read_until(ws, "\r\n\r\n", text, sizeof(text));
	client_read(ws, text, 52);
	fanout_drain(rig.fanout, 1);
	client_read_until(sse, "\n\n", text, sizeof(text));
	cr_assert_eq(sscanf(text, ": going away\nretry: %u\n", &retry), 1, "%s", text);
	cr_assert(retry >= 1000 && retry < 10000);
	cr_assert_eq(client_read_all(sse, text, sizeof(text)), 0);
	client_read(ws, text, 4);
	cr_assert_arr_eq(text, "\x88\x02\x03\xe9", 4, "close, 1001");
	cr_assert_eq(client_read_all(idle, text, sizeof(text)), 0);
	close(sse);
	close(ws);
	close(idle);
	await_connections(&rig, 0);
	rig_stop(&rig);
}
