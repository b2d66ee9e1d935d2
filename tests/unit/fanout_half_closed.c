/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Clients that will say no more, but still read.
 */

#include "fanout_clock.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

Test(fanout_half_closed, a_half_closed_subscriber_stays_subscribed)
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
	cr_assert_eq(client_frame(fd, 1, LEN), 1);
	uint32_t n = clock_stall(&rig, &clock, 1, LEN, &bytes);
	while (number != n)
		number = client_frame(fd, 1, LEN);
	rig_publish(&rig, 1, n + 1, LEN);
	cr_assert_eq(client_frame(fd, 1, LEN), n + 1);
	close(fd);
	close(clock.fd);
	rig_stop(&rig);
}

Test(fanout_half_closed, a_half_closed_subscriber_that_dies_is_noticed_without_a_frame)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.tcp, 0);
	struct linger reset = {.l_onoff = 1};

	rig_publish(&rig, 1, 1, 50);
	client_send(fd, "SUB 1\n");
	cr_assert_eq(client_frame(fd, 1, 50), 1);
	shutdown(fd, SHUT_WR);
	rig_publish(&rig, 1, 2, 50);
	cr_assert_eq(client_frame(fd, 1, 50), 2);
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
Test(fanout_half_closed, a_half_closed_client_that_does_not_read_costs_no_time)
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
	clock_stall(&rig, &clock, 0, 3000, &bytes);
	cr_assert_lt(bytes, sizeof(big), "the document is not through, either");
	double before = cpu_ms();
	poll(NULL, 0, 500); // the span over which time is measured
	cr_assert_lt(cpu_ms() - before, 100, "%f ms of 500", cpu_ms() - before);
	close(fd);
	close(document);
	close(clock.fd);
	rig_stop(&rig);
}
