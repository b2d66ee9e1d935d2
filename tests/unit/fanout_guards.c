/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Many connections: from one address, at once, and without descriptors for them.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void expect_refusal(int fd, const char *text)
{
	char answer[4096];

	client_read_all(fd, answer, sizeof(answer));
	cr_expect_eq(strncmp(answer, text, strlen(text)), 0, "wanted %s, got %s", text, answer);
}

static void await_refusals(const struct rig *rig, enum fanout_refusal reason, uint64_t n)
{
	rig_await(rig, offsetof(struct fanout_stats, refusals) + reason * sizeof(uint64_t), n);
}

/* The clients of this process need some, too. */
static rlim_t all_descriptors(void)
{
	struct rlimit limit;

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_cur;
}

Test(fanout_guards, one_address_has_so_many_and_another_still_gets_in)
{
	struct rig rig = rig_start_with(
		(struct fanout_config){.threads = 2, .max_connections = 100, .max_per_source = 3},
		false);
	int fds[3];
	char answer[4096];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 3; i++) {
		fds[i] = client_connect_from("127.0.0.2", rig.tcp);
		client_send(fds[i], "SUB 1\n");
		cr_assert_eq(client_frame(fds[i], 1, 50), 1);
	}
	int tcp = client_connect_from("127.0.0.2", rig.tcp);
	expect_refusal(tcp, "ERR too many connections from one address, try again later\n");
	int http = client_connect_from("127.0.0.2", rig.http);
	client_read_all(http, answer, sizeof(answer));
	cr_expect_eq(strncmp(answer, "HTTP/1.1 429 Too Many Requests\r\n", 32), 0, "%s", answer);
	cr_expect_not_null(strstr(answer, "\r\nRetry-After: "), "%s", answer);
	int other = client_connect_from("127.0.0.3", rig.tcp);
	client_send(other, "SUB 1\n");
	cr_expect_eq(client_frame(other, 1, 50), 1);
	await_refusals(&rig, FANOUT_REFUSED_source, 2);
	close(tcp);
	close(http);

	close(fds[0]); // makes room, once it is noticed: nobody reads the frames
	for (uint32_t number = 2; rig_stats(&rig).tcp != 3; number++)
		rig_publish(&rig, 1, number, 50);
	int again = client_connect_from("127.0.0.2", rig.tcp);
	client_send(again, "SUB 1\n");
	client_frame(again, 1, 50);
	const int rest[] = {fds[1], fds[2], other, again};
	for (unsigned i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		close(rest[i]);
	rig_stop(&rig);
}

Test(fanout_guards, a_flood_from_one_address_does_not_keep_others_out)
{
	enum { FLOOD = 2000, LIMIT = 100 };
	static int fds[FLOOD];

	all_descriptors();
	struct rig rig = rig_start_with((struct fanout_config){.threads = 1,
						.max_connections = LIMIT + 1,
						.max_per_source = LIMIT,
						.handshake_seconds = 60},
		false);

	for (unsigned i = 0; i < FLOOD; i++)
		fds[i] = client_connect_from("127.0.0.2", i % 2 == 0 ? rig.tcp : rig.http);
	await_refusals(&rig, FANOUT_REFUSED_source, FLOOD - LIMIT);
	rig_publish(&rig, 1, 1, 50);
	int other = client_connect_from("127.0.0.3", rig.tcp);
	client_send(other, "SUB 1\n");
	cr_expect_eq(client_frame(other, 1, 50), 1);
	for (unsigned i = 0; i < FLOOD; i++)
		close(fds[i]);
	rig_await(&rig, offsetof(struct fanout_stats, http), 0);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	for (unsigned i = 0; i < LIMIT; i++)
		fds[i] = client_connect_from("127.0.0.2", rig.tcp);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1 + LIMIT);
	for (unsigned i = 0; i < LIMIT; i++)
		close(fds[i]);
	close(other);
	rig_stop(&rig);
}

Test(fanout_guards, thousands_at_once_are_served_or_told_that_there_are_too_many)
{
	enum { MOST = 10000, LIMIT = 500, OTHERS = 1000 };
	static int fds[MOST];
	unsigned crowd = all_descriptors() > MOST + OTHERS ? MOST : 2000;
	struct rig rig = rig_start(2, LIMIT);
	struct fanout_stats stats;

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < crowd; i++)
		fds[i] = client_connect(rig.tcp, 0);
	rig_await(&rig, offsetof(struct fanout_stats, accepted), crowd);
	stats = rig_stats(&rig);
	cr_expect_eq(stats.refusals[FANOUT_REFUSED_too_many], crowd - LIMIT);
	cr_expect_eq(stats.ring_overflows, 0);
	for (unsigned i = 0; i < crowd; i++)
		close(fds[i]);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 0);
	int late = client_connect(rig.tcp, 0);
	client_send(late, "SUB 1\n");
	cr_expect_eq(client_frame(late, 1, 50), 1);
	close(late);
	rig_stop(&rig);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

Test(fanout_guards, who_comes_faster_than_allowed_waits_and_is_not_refused)
{
	enum { CLIENTS = 30, RATE = 20 };
	struct rig rig = rig_start_with(
		(struct fanout_config){
			.threads = 1, .max_connections = 100, .max_accepts_per_second = RATE},
		false);
	int fds[CLIENTS];
	double began = seconds();

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < CLIENTS; i++) {
		fds[i] = client_connect(rig.tcp, 0);
		client_send(fds[i], "SUB 1\n");
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		cr_expect_eq(client_frame(fds[i], 1, 50), 1);
		close(fds[i]);
	}
	cr_expect_geq(seconds() - began, 0.9 * (CLIENTS - RATE) / RATE,
		"after one second's worth at once they come at that rate");
	cr_expect_eq(rig_stats(&rig).refused, 0);
	rig_stop(&rig);
}

static void limit_descriptors(rlim_t n)
{
	const struct rlimit limit = {n, n};

	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(fanout_guards, without_descriptors_who_comes_next_is_told_so)
{
	int fds[4], filler = 0, last = 0;

	limit_descriptors(400);
	struct rig rig = rig_start(1, 0);
	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 4; i++)
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
	while ((filler = dup(0)) >= 0)
		last = filler;
	close(last); // room for one
	client_connect_socket(fds[0], rig.tcp);
	client_send(fds[0], "SUB 1\n");
	cr_expect_eq(client_frame(fds[0], 1, 50), 1);
	for (unsigned i = 1; i < 3; i++) {
		client_connect_socket(fds[i], rig.tcp);
		expect_refusal(fds[i], "ERR no file descriptor left, try again later\n");
		shutdown(fds[i], SHUT_WR);
	}
	await_refusals(&rig, FANOUT_REFUSED_descriptors, 2);
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	close(last - 1); // somebody else needs one less
	client_connect_socket(fds[3], rig.tcp);
	client_send(fds[3], "SUB 1\n");
	cr_expect_eq(client_frame(fds[3], 1, 50), 1);
	rig_stop(&rig);
}

Test(fanout_guards, a_low_limit_of_open_files_is_one_of_connections)
{
	int fds[100];
	unsigned n = 0;

	limit_descriptors(260);
	struct rig rig = rig_start(1, 0);
	for (; n < 100 && rig_stats(&rig).refused == 0; n++) {
		fds[n] = client_connect(rig.tcp, 0);
		rig_await(&rig, offsetof(struct fanout_stats, accepted), n + 1);
	}
	cr_assert_lt(n, 100);
	expect_refusal(fds[n - 1], "ERR too many connections, try again later\n");
	rig_stop(&rig);
}

Test(fanout_guards, a_connection_has_so_many_channels_and_ranges_name_many)
{
	enum { CHANNELS = 5000, LIMIT = 4096 };
	struct rig rig = rig_start_with(
		(struct fanout_config){
			.threads = 1, .max_connections = 10, .max_subscriptions = LIMIT},
		false);
	char answer[512];

	for (uint16_t channel = 0; channel < CHANNELS; channel++)
		fanout_open_channel(rig.fanout, channel);
	int many = client_connect(rig.tcp, 0);
	client_send(many, "SUB 0-4095\n");
	for (uint16_t channel = 4090; channel < 4100; channel++)
		rig_publish(&rig, channel, channel, 50);
	for (uint16_t channel = 4090; channel < LIMIT; channel++)
		cr_expect_eq(client_frame(many, channel, 50), channel);
	int tcp = client_connect(rig.tcp, 0);
	client_send(tcp, "SUB 0-4096\n");
	client_read_all(tcp, answer, sizeof(answer));
	cr_expect_str_eq(answer, "ERR more channels than the 4096 that one connection may have\n");
	int http = client_connect(rig.http, 0);
	client_send(http, "GET /v1/channels/0-4095,4999 HTTP/1.1\r\nHost: x\r\n"
			  "Accept: text/event-stream\r\nConnection: close\r\n\r\n");
	expect_refusal(http, "HTTP/1.1 400 ");
	await_refusals(&rig, FANOUT_REFUSED_too_many_channels, 2);
	close(many);
	close(tcp);
	close(http);
	rig_stop(&rig);
}
