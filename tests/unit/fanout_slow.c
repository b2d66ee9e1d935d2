/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Subscribers that do not take what they could get.
 */

#include "fanout_clock.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

Test(fanout_slow, who_does_not_read_skips_to_the_newest_and_holds_nobody_up)
{
	enum { FRAMES = 200, LEN = 3000 };
	struct rig rig = rig_start(1, 0);
	int slow = client_connect(rig.tcp, 2048), healthy = client_connect(rig.tcp, 0);
	uint32_t number = 0;

	rig_publish(&rig, 1, 1, LEN);
	client_send(slow, "SUB 1\n");
	cr_assert_eq(client_frame(slow, 1, LEN), 1);
	client_send(healthy, "SUB 1\n");
	cr_assert_eq(client_frame(healthy, 1, LEN), 1);
	for (uint32_t n = 2; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		cr_assert_eq(client_frame(healthy, 1, LEN), n);
	}
	unsigned frames = 0;
	while (number != FRAMES) {
		uint32_t next = client_frame(slow, 1, LEN);

		cr_assert_gt(next, number, "frames come in order");
		number = next;
		frames++;
	}
	cr_assert_lt(
		frames, FRAMES / 2, "most frames were replaced by newer ones: %u came", frames);
	rig_publish(&rig, 1, FRAMES + 1, LEN);
	cr_assert_eq(client_frame(slow, 1, LEN), FRAMES + 1, "and it is up to date again");
	rig_await(&rig, offsetof(struct fanout_stats, frames_skipped), FRAMES - 1 - frames);
	close(slow);
	close(healthy);
	rig_stop(&rig);
}

Test(fanout_slow, a_stalled_subscriber_holds_no_frame_that_it_has_not_begun)
{
	static const size_t lens[] = {200, 3000}; // which end at a boundary, and in the middle

	for (unsigned i = 0; i < 2; i++) {
		size_t len = lens[i];
		struct rig rig = rig_start(1, 0);
		int fd = client_connect(rig.tcp, 2048);
		struct clock clock = clock_start(&rig, 1);
		uint32_t number = 0;
		uint64_t bytes, came = 0;

		client_send(fd, "SUB 1\n");
		uint32_t n = clock_stall(&rig, &clock, 0, len, &bytes);
		uint64_t begun = (bytes + len + 1) / (len + 2);
		for (; number != n; came++)
			number = client_frame(fd, 1, len);
		cr_assert_eq(came, begun + 1,
			"what was begun, then the newest: %u came, %u were begun", (unsigned)came,
			(unsigned)begun);
		close(fd);
		close(clock.fd);
		rig_stop(&rig);
	}
}

/* Channels late in the list must not starve when everything is replaced before their turn comes. */
Test(fanout_slow, who_reads_slowly_gets_of_each_channel_in_turn)
{
	enum { LEN = 3000, WINDOWS = 60 };
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 2048);
	unsigned newest[4] = {0}, count[4] = {0}, channel, window;
	static char line[65536], wanted[65536];

	client_send(fd, "SUB 1,2,3 json\n");
	for (uint32_t n = 1; n <= WINDOWS; n++) {
		for (uint16_t c = 1; c <= 3; c++)
			rig_publish(&rig, c, n, LEN);
		if (n % 3 != 0)
			continue;
		/* Two lines for nine that were published. */
		for (unsigned i = 0; i < 2; i++) {
			client_read_until(fd, "\n", line, sizeof(line));
			cr_assert_eq(
				sscanf(line, "{\"channel\":%u,\"window\":%u", &channel, &window),
				2);
			count[channel]++;
			cr_assert_gt(window, newest[channel]);
			newest[channel] = window;
		}
	}
	for (unsigned c = 1; c <= 3; c++)
		cr_assert_gt(
			count[c], WINDOWS / 3 * 2 / 6, "channel %u had its turns: %u", c, count[c]);
	while (newest[1] + newest[2] + newest[3] != 3 * WINDOWS) {
		client_read_until(fd, "\n", line, sizeof(line));
		cr_assert_eq(sscanf(line, "{\"channel\":%u,\"window\":%u", &channel, &window), 2);
		cr_assert_gt(window, newest[channel]);
		newest[channel] = window;
		strcpy(wanted + rig_json(wanted, (uint16_t)channel, window, LEN), "\n");
		cr_assert_str_eq(line, wanted);
	}
	close(fd);
	rig_stop(&rig);
}

/* Also of one who never reads again, and never twice of one who does. */
Test(fanout_slow, what_a_stalled_subscriber_misses_is_counted_once)
{
	enum { LEN = 3000 };
	const size_t skipped = offsetof(struct fanout_stats, frames_skipped);
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 2048);
	struct clock clock = clock_start(&rig, 1);
	uint32_t number = 1;
	uint64_t bytes, missed;

	rig_publish(&rig, 1, 1, LEN);
	client_send(fd, "SUB 1\n");
	cr_assert_eq(client_frame(fd, 1, LEN), 1);
	uint32_t n = clock_stall(&rig, &clock, 1, LEN, &bytes);
	missed = n - 1 - (bytes + LEN + 1) / (LEN + 2); // it can still get the newest
	rig_await(&rig, skipped, missed);
	while (number != n)
		number = client_frame(fd, 1, LEN);
	clock_tick(&rig, &clock);
	cr_assert_eq(rig_stats(&rig).frames_skipped, missed);

	uint64_t before = bytes;
	n = clock_stall(&rig, &clock, n, LEN, &bytes);
	missed = n - 1 - (bytes + LEN + 1) / (LEN + 2);
	rig_await(&rig, skipped, missed);
	cr_assert_gt(bytes, before);
	for (unsigned i = 0; i < 5; i++)
		rig_publish(&rig, 1, ++n, LEN);
	clock_tick(&rig, &clock);
	close(fd); // with bytes that were not read: a reset
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	rig_await(&rig, skipped, missed + 5); // though it went before they were looked at
	close(clock.fd);
	rig_stop(&rig);
}
