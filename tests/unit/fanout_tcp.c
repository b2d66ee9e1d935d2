/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Test(fanout_tcp, every_subscriber_gets_the_same_frames_in_its_form)
{
	struct rig rig = rig_start(2, 0);
	int binary[5], json[5];
	char line[4096];

	rig_publish(&rig, 1, 1, 180);
	for (unsigned i = 0; i < 5; i++) {
		binary[i] = client_connect(rig.tcp, 0);
		client_send(binary[i], "SUB 1\n");
		json[i] = client_connect(rig.tcp, 0);
		client_send(json[i], "SUB 1 json\r\n");
	}
	for (uint32_t number = 1; number <= 20; number++) {
		char wanted[4096];

		if (number > 1)
			rig_publish(&rig, 1, number, 180);
		strcpy(wanted + rig_json(wanted, 1, number, 180), "\n");
		for (unsigned i = 0; i < 5; i++) {
			cr_assert_eq(client_frame(binary[i], 1, 180), number);
			cr_assert_str_eq(
				client_read_until(json[i], "\n", line, sizeof(line)), wanted);
		}
	}
	rig_await(&rig, offsetof(struct fanout_stats, frames_sent), 200);
	struct fanout_stats stats = rig_stats(&rig);
	cr_assert_eq(stats.frames_sent, 200);
	cr_assert_eq(stats.frames_skipped, 0);
	cr_assert_eq(stats.tcp, 10);
	cr_assert_eq(stats.accepted, 10);
	cr_assert_eq(stats.ring_overflows, 0);
	for (unsigned i = 0; i < 5; i++) {
		close(binary[i]);
		close(json[i]);
	}
	rig_stop(&rig);
}

Test(fanout_tcp, a_subscriber_of_several_channels_gets_each)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 0);

	rig_publish(&rig, 1, 7, 100);
	rig_publish(&rig, 2, 8, 200);
	client_send(fd, "SUB 2,");
	client_send(fd, "1,3\n");
	cr_assert_eq(client_frame(fd, 2, 200), 8);
	cr_assert_eq(client_frame(fd, 1, 100), 7);
	rig_publish(&rig, 3, 9, 300);
	cr_assert_eq(client_frame(fd, 3, 300), 9);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_tcp, a_refusal_says_why_and_ends)
{
	static const struct {
		const char *sent, *answer;
	} cases[] = {
		{"SUB 9\n", "ERR unknown channel 9\n"},
		{"SUB 1,2,65534 json\n", "ERR unknown channel 65534\n"},
		{"SUB 1,\n", "ERR channels are numbers with commas between them, such as 1,2,5\n"},
		{"GET / HTTP/1.1\r\n\r\n", "ERR expected a line such as SUB 1,2,5 or SUB 1 json\n"},
		{"\x16\x03\x01\x02", "ERR expected a line such as SUB 1,2,5 or SUB 1 json\n"},
	};
	struct rig rig = rig_start(1, 0);
	char answer[1024];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = client_connect(rig.tcp, 0);

		client_send(fd, cases[i].sent);
		client_read_all(fd, answer, sizeof(answer));
		cr_assert_str_eq(answer, cases[i].answer);
		close(fd);
	}
	int fd = client_connect(rig.tcp, 0);
	client_send(fd, "SUB 1");
	shutdown(fd, SHUT_WR);
	client_read_all(fd, answer, sizeof(answer));
	cr_assert_str_eq(answer, "ERR the line has no end\n");
	close(fd);
	cr_assert_eq(rig_stats(&rig).refused, 6);
	rig_stop(&rig);
}

/* What arrives behind the first wrong byte must not turn the refusal into a reset. */
Test(fanout_tcp, garbage_without_end_is_refused_and_thrown_away)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 0);
	char garbage[8192], answer[256];

	memset(garbage, 'x', sizeof(garbage));
	for (unsigned i = 0; i < 4; i++)
		client_send_bytes(fd, garbage, sizeof(garbage));
	client_read_until(fd, "\n", answer, sizeof(answer));
	cr_assert_str_eq(answer, "ERR expected a line such as SUB 1,2,5 or SUB 1 json\n");
	close(fd);
	rig_stop(&rig);
}

Test(fanout_tcp, a_closed_channel_ends_those_who_have_no_other)
{
	struct rig rig = rig_start(1, 0);
	int alone = client_connect(rig.tcp, 0), both = client_connect(rig.tcp, 0);
	char rest[16];

	rig_publish(&rig, 1, 1, 50);
	rig_publish(&rig, 2, 1, 60);
	client_send(alone, "SUB 1\n");
	client_send(both, "SUB 1,2\n");
	cr_assert_eq(client_frame(alone, 1, 50), 1);
	cr_assert_eq(client_frame(both, 1, 50), 1);
	cr_assert_eq(client_frame(both, 2, 60), 1);
	rig_publish(&rig, 1, 2, 50);
	fanout_close_channel(rig.fanout, 1);
	cr_assert_eq(client_frame(alone, 1, 50), 2, "the last frame comes first");
	cr_assert_eq(client_read_all(alone, rest, sizeof(rest)), 0);
	cr_assert_eq(client_frame(both, 1, 50), 2);
	rig_publish(&rig, 2, 2, 60);
	cr_assert_eq(client_frame(both, 2, 60), 2);
	int late = client_connect(rig.tcp, 0);
	client_send(late, "SUB 1\n");
	client_expect(late, "ERR unknown channel 1\n");

	fanout_open_channel(rig.fanout, 1);
	rig_publish(&rig, 1, 3, 50);
	cr_assert_eq(client_frame(both, 1, 50), 3, "a channel that is opened again goes on");
	close(alone);
	close(both);
	close(late);
	rig_stop(&rig);
}
