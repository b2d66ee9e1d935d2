/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_rig.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The next binary frame; its number. */
static uint32_t read_frame(int fd, uint16_t channel, size_t len)
{
	static uint8_t got[65536], wanted[65536];
	uint8_t head[2];
	uint32_t number;

	client_read(fd, head, 2);
	cr_assert_eq((size_t)(head[0] << 8 | head[1]), len);
	client_read(fd, got, len);
	memcpy(&number, got, sizeof(number));
	number = ntohl(number);
	rig_binary(wanted, channel, number, len);
	cr_assert_eq(memcmp(got, wanted, len), 0, "frame %u is whole", number);
	return number;
}

/*
 * A subscriber of channel 2. When it has its frame, the waves before have been sent; when a client
 * was accepted after that, they have been counted, too.
 */
struct clock {
	int fd;
	uint32_t ticks;
	uint64_t accepted;
};

static void tick(struct rig *rig, struct clock *clock)
{
	rig_publish(rig, 2, ++clock->ticks, 10);
	cr_assert_eq(read_frame(clock->fd, 2, 10), clock->ticks);
}

/* others: connections that were made before. */
static struct clock clock_start(struct rig *rig, unsigned others)
{
	struct clock clock = {.fd = client_connect(rig->tcp, 0), .accepted = others + 1};

	client_send(clock.fd, "SUB 2\n");
	tick(rig, &clock);
	return clock;
}

/* Bytes that were sent so far to others than the clock. */
static uint64_t bytes_so_far(struct rig *rig, struct clock *clock)
{
	tick(rig, clock);
	tick(rig, clock);
	close(client_connect(rig->tcp, 0));
	rig_await(rig, offsetof(struct fanout_stats, accepted), ++clock->accepted);
	return rig_stats(rig).bytes_sent - clock->ticks * 12ull;
}

/* Publishes on channel 1 until the kernel takes no more for the one who reads nothing of it. */
static uint32_t stall(struct rig *rig, struct clock *clock, uint32_t n, size_t len, uint64_t *bytes)
{
	uint64_t before;

	*bytes = 0;
	do {
		before = *bytes;
		for (unsigned i = 0; i < 20; i++) {
			rig_publish(rig, 1, ++n, len);
			tick(rig, clock);
		}
		*bytes = bytes_so_far(rig, clock);
	} while (*bytes != before);
	return n;
}

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
			cr_assert_eq(read_frame(binary[i], 1, 180), number);
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
	cr_assert_eq(read_frame(fd, 2, 200), 8);
	cr_assert_eq(read_frame(fd, 1, 100), 7);
	rig_publish(&rig, 3, 9, 300);
	cr_assert_eq(read_frame(fd, 3, 300), 9);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_tcp, who_does_not_read_skips_to_the_newest_and_holds_nobody_up)
{
	enum { FRAMES = 200, LEN = 3000 };
	struct rig rig = rig_start(1, 0);
	int slow = client_connect(rig.tcp, 2048), healthy = client_connect(rig.tcp, 0);
	uint32_t number = 0;

	rig_publish(&rig, 1, 1, LEN);
	client_send(slow, "SUB 1\n");
	cr_assert_eq(read_frame(slow, 1, LEN), 1);
	client_send(healthy, "SUB 1\n");
	cr_assert_eq(read_frame(healthy, 1, LEN), 1);
	for (uint32_t n = 2; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		cr_assert_eq(read_frame(healthy, 1, LEN), n);
	}
	unsigned frames = 0;
	while (number != FRAMES) {
		uint32_t next = read_frame(slow, 1, LEN);

		cr_assert_gt(next, number, "frames come in order");
		number = next;
		frames++;
	}
	cr_assert_lt(
		frames, FRAMES / 2, "most frames were replaced by newer ones: %u came", frames);
	rig_publish(&rig, 1, FRAMES + 1, LEN);
	cr_assert_eq(read_frame(slow, 1, LEN), FRAMES + 1, "and it is up to date again");
	rig_await(&rig, offsetof(struct fanout_stats, frames_skipped), FRAMES - 1 - frames);
	close(slow);
	close(healthy);
	rig_stop(&rig);
}

Test(fanout_tcp, a_stalled_subscriber_holds_no_frame_that_it_has_not_begun)
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
		uint32_t n = stall(&rig, &clock, 0, len, &bytes);
		uint64_t begun = (bytes + len + 1) / (len + 2);
		for (; number != n; came++)
			number = read_frame(fd, 1, len);
		cr_assert_eq(came, begun + 1,
			"what was begun, then the newest: %u came, %u were begun", (unsigned)came,
			(unsigned)begun);
		close(fd);
		close(clock.fd);
		rig_stop(&rig);
	}
}

/* Channels late in the list must not starve when everything is replaced before their turn comes. */
Test(fanout_tcp, who_reads_slowly_gets_of_each_channel_in_turn)
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

Test(fanout_tcp, a_half_closed_subscriber_stays_subscribed)
{
	enum { LEN = 3000 };
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 2048);
	struct clock clock = clock_start(&rig, 1);
	uint32_t number = 1;
	uint64_t bytes;

	rig_publish(&rig, 1, 1, LEN);
	client_send(fd, "SUB 1\n");
	shutdown(fd, SHUT_WR);
	cr_assert_eq(read_frame(fd, 1, LEN), 1);
	uint32_t n = stall(&rig, &clock, 1, LEN, &bytes);
	while (number != n)
		number = read_frame(fd, 1, LEN);
	rig_publish(&rig, 1, n + 1, LEN);
	cr_assert_eq(read_frame(fd, 1, LEN), n + 1);
	close(fd);
	close(clock.fd);
	rig_stop(&rig);
}

Test(fanout_tcp, a_half_closed_subscriber_that_dies_is_noticed_without_a_frame)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 0);
	struct linger reset = {.l_onoff = 1};

	rig_publish(&rig, 1, 1, 50);
	client_send(fd, "SUB 1\n");
	cr_assert_eq(read_frame(fd, 1, 50), 1);
	shutdown(fd, SHUT_WR);
	rig_publish(&rig, 1, 2, 50);
	cr_assert_eq(read_frame(fd, 1, 50), 2);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 0);
	rig_stop(&rig);
}

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* A poll for writability reports the half close at once; that must not become a busy loop. */
Test(fanout_tcp, a_half_closed_client_that_does_not_read_costs_no_time)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 2048), document = client_connect(rig.http, 2048);
	struct clock clock = clock_start(&rig, 2);
	static char big[1 << 24], head[2048];
	uint64_t bytes;

	fanout_document(rig.fanout, "/", "text/plain", big, sizeof(big));
	client_send(document, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	shutdown(document, SHUT_WR);
	client_read_until(document, "\r\n\r\n", head, sizeof(head));
	client_send(fd, "SUB 1\n");
	shutdown(fd, SHUT_WR);
	stall(&rig, &clock, 0, 3000, &bytes);
	cr_assert_lt(bytes, sizeof(big), "the document is not through, either");
	double before = cpu_ms();
	poll(NULL, 0, 500); // the span over which time is measured
	cr_assert_lt(cpu_ms() - before, 100, "%f ms of 500", cpu_ms() - before);
	close(fd);
	close(document);
	close(clock.fd);
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

Test(fanout_tcp, beyond_the_limit_a_client_is_told)
{
	struct rig rig = rig_start(1, 2);
	int first = client_connect(rig.tcp, 0), second = client_connect(rig.tcp, 0);
	char answer[2048];

	rig_await(&rig, offsetof(struct fanout_stats, accepted), 2);
	int third = client_connect(rig.tcp, 0);
	client_send(third, "SUB 1\n");
	client_read_all(third, answer, sizeof(answer));
	cr_assert_str_eq(answer, "ERR too many connections, try again later\n");
	int fourth = client_connect(rig.http, 0);
	client_send(fourth, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_read_all(fourth, answer, sizeof(answer));
	cr_assert_eq(strncmp(answer, "HTTP/1.1 503 ", 13), 0, "%s", answer);
	close(third);
	close(fourth);

	shutdown(first, SHUT_WR); // makes room
	cr_assert_eq(client_read_all(first, answer, sizeof(answer)), 0);
	close(first);
	int fifth = client_connect(rig.tcp, 0);
	rig_publish(&rig, 1, 1, 50);
	client_send(fifth, "SUB 1\n");
	cr_assert_eq(read_frame(fifth, 1, 50), 1);
	close(second);
	close(fifth);
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
	cr_assert_eq(read_frame(alone, 1, 50), 1);
	cr_assert_eq(read_frame(both, 1, 50), 1);
	cr_assert_eq(read_frame(both, 2, 60), 1);
	rig_publish(&rig, 1, 2, 50);
	fanout_close_channel(rig.fanout, 1);
	cr_assert_eq(read_frame(alone, 1, 50), 2, "the last frame comes first");
	cr_assert_eq(client_read_all(alone, rest, sizeof(rest)), 0);
	cr_assert_eq(read_frame(both, 1, 50), 2);
	rig_publish(&rig, 2, 2, 60);
	cr_assert_eq(read_frame(both, 2, 60), 2);
	int late = client_connect(rig.tcp, 0);
	client_send(late, "SUB 1\n");
	client_expect(late, "ERR unknown channel 1\n");

	fanout_open_channel(rig.fanout, 1);
	rig_publish(&rig, 1, 3, 50);
	cr_assert_eq(read_frame(both, 1, 50), 3, "a channel that is opened again goes on");
	close(alone);
	close(both);
	close(late);
	rig_stop(&rig);
}

Test(fanout_tcp, who_says_nothing_is_closed_and_who_subscribed_is_not)
{
	struct rig rig = rig_start_hasty();
	int silent = client_connect(rig.tcp, 0), subscribed = client_connect(rig.tcp, 0);
	int half = client_connect(rig.http, 0), idle = client_connect(rig.http, 0);
	char answer[2048];

	rig_publish(&rig, 1, 1, 50);
	client_send(subscribed, "SUB 1\n");
	cr_assert_eq(read_frame(subscribed, 1, 50), 1);
	client_send(half, "GET / HTTP/1.1\r\nHos");
	client_read_all(silent, answer, sizeof(answer));
	cr_assert_str_eq(answer, "ERR no SUB line came in time\n");
	client_read_all(half, answer, sizeof(answer));
	cr_assert_eq(strncmp(answer, "HTTP/1.1 408 ", 13), 0, "%s", answer);
	cr_assert_eq(client_read_all(idle, answer, sizeof(answer)), 0);
	cr_assert_eq(rig_stats(&rig).timed_out, 3);
	rig_publish(&rig, 1, 2, 50);
	cr_assert_eq(read_frame(subscribed, 1, 50), 2);
	close(silent);
	close(subscribed);
	close(half);
	close(idle);
	rig_stop(&rig);
}

Test(fanout_tcp, without_descriptors_it_waits_for_some_to_become_free)
{
	struct rig rig = rig_start(1, 0);
	struct rlimit limit, before;
	int fds[3], lowest = dup(0);

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 3; i++) // ours exist before the limit does
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
	close(lowest);
	getrlimit(RLIMIT_NOFILE, &before);
	limit = before;
	limit.rlim_cur = (rlim_t)lowest + 1; // one more descriptor in this process
	setrlimit(RLIMIT_NOFILE, &limit);
	for (unsigned i = 0; i < 3; i++) {
		client_connect_socket(fds[i], rig.tcp);
		client_send(fds[i], "SUB 1\n");
	}
	cr_assert_eq(read_frame(fds[0], 1, 50), 1, "there was one for the first");
	for (unsigned i = 0; i < 2; i++) { // each that goes makes room for the next
		close(fds[i]);
		rig_publish(&rig, 1, 2 + i, 50);
		while (read_frame(fds[i + 1], 1, 50) != 2 + i)
			; // it may have been let in before that one was published
	}
	setrlimit(RLIMIT_NOFILE, &before);
	close(fds[2]);
	rig_stop(&rig);
}

Test(fanout_tcp, an_address_in_use_is_named_with_what_to_do)
{
	struct rig rig = rig_start(1, 0);
	struct fanout_listener l = {
		.protocol = FANOUT_TCP, .address_len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&l.address;
	struct fanout *second = NULL;
	char error[512];

	*in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(rig.tcp)};
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned threads = 1; threads <= 2; threads++) {
		struct fanout_config config = {.listeners = &l,
			.n_listeners = 1,
			.threads = threads,
			.max_connections = 10};

		cr_assert_eq(fanout_start(&second, &config, error, sizeof(error)), -EADDRINUSE);
		cr_assert_not_null(strstr(error, "127.0.0.1:"), "%s", error);
		cr_assert_not_null(strstr(error, "another port"), "%s", error);
		cr_assert_null(second);
	}
	rig_stop(&rig);
}

Test(fanout_tcp, stopping_closes_everybody)
{
	struct rig rig = rig_start(2, 0);
	int fds[20];
	char rest[4096];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 20; i++) {
		fds[i] = client_connect(rig.tcp, 0);
		client_send(fds[i], "SUB 1\n");
		cr_assert_eq(read_frame(fds[i], 1, 50), 1);
	}
	rig_stop(&rig);
	for (unsigned i = 0; i < 20; i++) {
		cr_assert_eq(client_read_all(fds[i], rest, sizeof(rest)), 0);
		close(fds[i]);
	}
}
