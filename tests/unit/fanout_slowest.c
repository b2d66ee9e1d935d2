/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who is slowest is found on request, and who takes nothing for long is told of now and then.
 */

#include "fanout/slowest.h"
#include "fanout/stalled.h"
#include "fanout_clock.h"
#include "fanout_rig.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LEN = 3000, DEADLINE_MS = 20000 };

static unsigned ask(struct rig *rig, struct fanout_slow out[FANOUT_SLOWEST_MAX])
{
	struct timespec pause = {.tv_nsec = 1000000}; // between looks: there is nothing to poll
	unsigned n;

	fanout_ask_slowest(rig->fanout);
	for (unsigned i = 0; i < DEADLINE_MS; i++) {
		if (fanout_slowest(rig->fanout, out, &n))
			return n;
		nanosleep(&pause, NULL);
	}
	cr_assert_fail("no answer");
	return 0;
}

static const char *name_of(int fd, char out[64])
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(out, 64, "127.0.0.1:%u", ntohs(address.sin_port));
	return out;
}

Test(fanout_slowest, nobody_is_slow_who_reads)
{
	struct rig rig = rig_start(2, 0);
	struct clock clock = clock_start(&rig, 0);
	struct fanout_slow slow[FANOUT_SLOWEST_MAX];

	cr_expect_eq(ask(&rig, slow), 0);
	clock_tick(&rig, &clock);
	cr_expect_eq(ask(&rig, slow), 0);
	close(clock.fd);
	rig_stop(&rig);
}

Test(fanout_slowest, one_who_does_not_read_is_shown_until_it_does)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 2048);
	struct clock clock = clock_start(&rig, 1);
	struct fanout_slow slow[FANOUT_SLOWEST_MAX];
	uint64_t bytes;
	char name[64];

	client_send(fd, "SUB 1\n");
	uint32_t n = clock_stall(&rig, &clock, 0, LEN, &bytes);
	cr_assert_eq(ask(&rig, slow), 1);
	cr_expect_str_eq(slow[0].address, name_of(fd, name));
	cr_expect_str_eq(slow[0].protocol, "tcp");
	cr_expect_eq(slow[0].frames_skipped, rig_stats(&rig).frames_skipped);
	cr_expect_gt(slow[0].frames_skipped, 0);
	cr_expect_gt(slow[0].kernel_bytes, 0);
	cr_expect_leq(slow[0].kernel_bytes, bytes);
	cr_expect_leq(slow[0].blocked_seconds, 60, "%u", slow[0].blocked_seconds);

	while (client_frame(fd, 1, LEN) != n)
		;
	clock_tick(&rig, &clock);
	cr_expect_eq(ask(&rig, slow), 0, "it has everything");
	n = clock_stall(&rig, &clock, n, LEN, &bytes);
	cr_assert_eq(ask(&rig, slow), 1);
	cr_expect_eq(slow[0].frames_skipped, rig_stats(&rig).frames_skipped, "since it came");
	close(fd);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	cr_expect_eq(ask(&rig, slow), 0, "it has gone");
	close(clock.fd);
	rig_stop(&rig);
}

static int stall_web_socket(const struct rig *rig)
{
	int fd = client_connect(rig->http, 2048);
	char head[1024];

	client_send(fd, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	return fd;
}

Test(fanout_slowest, of_many_the_ten_slowest_of_all_threads_are_shown)
{
	enum { SLOW = 14 };
	struct rig rig = rig_start(2, 0);
	struct fanout_slow slow[FANOUT_SLOWEST_MAX];
	int fds[SLOW];
	uint64_t bytes;
	unsigned n;

	for (unsigned i = 0; i < SLOW; i++)
		fds[i] = stall_web_socket(&rig);
	struct clock clock = clock_start(&rig, SLOW);
	clock_stall(&rig, &clock, 0, LEN, &bytes);
	n = ask(&rig, slow);
	cr_assert_eq(n, FANOUT_SLOWEST_MAX, "%u", n);
	for (unsigned i = 0; i < n; i++) {
		cr_expect_str_eq(slow[i].protocol, "websocket");
		for (unsigned j = 0; j < i; j++)
			cr_expect_str_neq(slow[i].address, slow[j].address);
		if (i > 0)
			cr_expect(slow[i - 1].blocked_seconds > slow[i].blocked_seconds ||
				  (slow[i - 1].blocked_seconds == slow[i].blocked_seconds &&
					  slow[i - 1].frames_skipped >= slow[i].frames_skipped));
	}
	for (unsigned i = 0; i < SLOW; i++)
		close(fds[i]);
	close(clock.fd);
	rig_stop(&rig);
}

Test(fanout_slowest, the_longest_blocked_come_first_then_those_who_missed_most)
{
	static const uint32_t blocked[] = {1, 0, 9, 4, 4, 4, 0, 2, 9, 3, 0, 8};
	static const uint32_t skipped[] = {0, 7, 1, 2, 9, 5, 8, 0, 2, 3, 6, 0};
	static const uint32_t wanted[][2] = {
		{9, 2}, {9, 1}, {8, 0}, {4, 9}, {4, 5}, {4, 2}, {3, 3}, {2, 0}, {1, 0}, {0, 8}};
	struct fanout_slow list[FANOUT_SLOWEST_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++) {
		struct fanout_slow slow = {
			.blocked_seconds = blocked[i], .frames_skipped = skipped[i]};

		slowest_keep(list, &n, &slow);
	}
	cr_assert_eq(n, FANOUT_SLOWEST_MAX);
	for (unsigned i = 0; i < n; i++) {
		cr_expect_eq(list[i].blocked_seconds, wanted[i][0], "place %u", i);
		cr_expect_eq(list[i].frames_skipped, wanted[i][1], "place %u", i);
	}
}

Test(fanout_slowest, who_is_stalled_is_told_of_once_a_minute)
{
	struct stalled s = {0};

	stalled_begin(&s);
	stalled_see(&s, STALLED_SECONDS - 1);
	cr_expect_eq(stalled_report(&s, 1000), 0, "not for long");
	stalled_begin(&s);
	for (unsigned i = 0; i < 7; i++)
		stalled_see(&s, STALLED_SECONDS + i);
	cr_expect_eq(stalled_report(&s, 1001), 7);
	cr_expect_eq(stalled_report(&s, 1001), 0, "once for a wave");
	stalled_begin(&s);
	stalled_see(&s, 10);
	cr_expect_eq(stalled_report(&s, 1000 + STALLED_PACE_SECONDS), 0, "not so soon");
	stalled_begin(&s);
	stalled_see(&s, 10);
	cr_expect_eq(stalled_report(&s, 1001 + STALLED_PACE_SECONDS), 1);
	stalled_begin(&s);
	stalled_see(&s, 10);
	stalled_begin(&s);
	cr_expect_eq(stalled_report(&s, 5000), 0, "a wave that begins anew counts anew");
}
