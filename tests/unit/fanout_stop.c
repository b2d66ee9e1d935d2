/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The orderly end.
 */

#include "fanout_clock.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Test(fanout_stop, everybody_gets_what_was_published_and_then_the_end)
{
	enum { CLIENTS = 20 };
	struct rig rig = rig_start(2, 0);
	int tcp[CLIENTS], sse[CLIENTS];
	char rest[4096];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < CLIENTS; i++) {
		tcp[i] = client_connect(rig.tcp, 0);
		client_send(tcp[i], "SUB 1\n");
		cr_assert_eq(client_frame(tcp[i], 1, 50), 1);
		sse[i] = client_connect(rig.http, 0);
		client_send(sse[i], "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n"
				    "Accept: text/event-stream\r\n\r\n");
		client_read_until(sse[i], "\r\n\r\nid: 1\ndata: ", rest, sizeof(rest));
		client_read_until(sse[i], "\n\n", rest, sizeof(rest));
	}
	rig_publish(&rig, 1, 2, 50);
	rig_stop(&rig);
	for (unsigned i = 0; i < CLIENTS; i++) {
		cr_assert_eq(client_frame(tcp[i], 1, 50), 2);
		cr_assert_eq(client_read_all(tcp[i], rest, sizeof(rest)), 0);
		close(tcp[i]);
		client_expect(sse[i], "id: 2\ndata: ");
		client_read_until(sse[i], "\n\n", rest, sizeof(rest));
		client_read_until(sse[i], "\n\n", rest, sizeof(rest));
		cr_assert_eq(strncmp(rest, ": going away\nretry: ", 20), 0, "%s", rest);
		cr_assert_eq(client_read_all(sse[i], rest, sizeof(rest)), 0);
		close(sse[i]);
	}
}

static void go(int fd)
{
	struct linger reset = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

/* Connects and goes: the thread makes one submission of it, the receive. */
static void come_and_go(struct rig *rig, struct clock *clock)
{
	int fd = client_connect(rig->tcp, 0);

	rig_await(rig, offsetof(struct fanout_stats, accepted), ++clock->accepted);
	go(fd);
}

/*
 * Stops a thread that has made that many submissions: the first is for its eventfd, the next two
 * are for its listeners, 4 are the clock's up to its first frame, 2 each further one.
 */
static void stop_after(unsigned submissions, unsigned clients)
{
	struct rig rig = rig_start(1, 0);
	struct clock clock = clock_start(&rig, 0);
	int fds[32];

	for (unsigned i = 0; i < clients; i++) {
		fds[i] = client_connect(rig.tcp, 0);
		rig_await(&rig, offsetof(struct fanout_stats, accepted), ++clock.accepted);
	}
	unsigned made = 7 + clients;
	for (; made + 2 <= submissions; made += 2)
		clock_tick(&rig, &clock);
	for (; made < submissions; made++)
		come_and_go(&rig, &clock);
	if (clients == 0) {
		go(clock.fd);
		rig_await(&rig, offsetof(struct fanout_stats, tcp), 0);
	}
	rig_stop(&rig);
	for (unsigned i = 0; i < clients; i++)
		close(fds[i]);
	if (clients > 0)
		close(clock.fd);
}

/*
 * The queue has 1024 entries, and an entry that is used again still says what it said. So the last
 * submission of a thread must not be taken for an older one, whose result was a descriptor.
 */
Test(fanout_stop, stopping_closes_no_descriptor_of_others)
{
	enum { OTHERS = 64 };
	static const unsigned clients[] = {0, 1, 20};
	bool ours[OTHERS] = {false};
	int fd;

	while ((fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) < OTHERS)
		ours[fd] = true;
	close(fd);
	for (unsigned i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		for (unsigned submissions = 1020; submissions <= 1030; submissions++) {
			stop_after(submissions, clients[i]);
			for (fd = 0; fd < OTHERS; fd++)
				cr_assert_neq(fcntl(fd, F_GETFD), -1,
					"descriptor %d was closed after %u submissions with %u "
					"open: %s",
					fd, submissions, clients[i], strerror(errno));
		}
	}
	for (fd = 0; fd < OTHERS; fd++) {
		if (ours[fd])
			close(fd);
	}
}
