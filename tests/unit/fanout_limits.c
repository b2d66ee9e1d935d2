/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Connections, time, descriptors and addresses that run out.
 */

#include "fanout_rig.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Test(fanout_limits, beyond_the_limit_a_client_is_told)
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
	cr_assert_eq(client_frame(fifth, 1, 50), 1);
	close(second);
	close(fifth);
	rig_stop(&rig);
}

Test(fanout_limits, who_says_nothing_is_closed_and_who_subscribed_is_not)
{
	struct rig rig = rig_start_hasty();
	int silent = client_connect(rig.tcp, 0), subscribed = client_connect(rig.tcp, 0);
	int half = client_connect(rig.http, 0), idle = client_connect(rig.http, 0);
	char answer[2048];

	rig_publish(&rig, 1, 1, 50);
	client_send(subscribed, "SUB 1\n");
	cr_assert_eq(client_frame(subscribed, 1, 50), 1);
	client_send(half, "GET / HTTP/1.1\r\nHos");
	client_read_all(silent, answer, sizeof(answer));
	cr_assert_str_eq(answer, "ERR no SUB line came in time\n");
	client_read_all(half, answer, sizeof(answer));
	cr_assert_eq(strncmp(answer, "HTTP/1.1 408 ", 13), 0, "%s", answer);
	cr_assert_eq(client_read_all(idle, answer, sizeof(answer)), 0);
	cr_assert_eq(rig_stats(&rig).timed_out, 3);
	cr_assert_eq(rig_stats(&rig).refusals[FANOUT_REFUSED_timed_out], 3);
	rig_publish(&rig, 1, 2, 50);
	cr_assert_eq(client_frame(subscribed, 1, 50), 2);
	close(silent);
	close(subscribed);
	close(half);
	close(idle);
	rig_stop(&rig);
}

Test(fanout_limits, an_address_in_use_is_named_with_what_to_do)
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
