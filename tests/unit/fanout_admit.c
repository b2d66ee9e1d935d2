/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A fan-out that holds: whoever comes before its channels are open waits, and is not refused.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { TURNS = 3, LATE = 9 };

/* Every thread has gone round some times since. */
static void await_turns(const struct rig *rig)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	struct fanout_slow slow[FANOUT_SLOWEST_MAX];
	unsigned n, looks = 0;

	for (unsigned turn = 0; turn < TURNS; turn++) {
		fanout_ask_slowest(rig->fanout);
		while (!fanout_slowest(rig->fanout, slow, &n)) {
			cr_assert_lt(looks++, 20000);
			nanosleep(&pause, NULL);
		}
	}
}

Test(fanout_admit, who_comes_before_waits_and_is_served_then)
{
	enum { CLIENTS = 20 };
	struct rig rig = rig_start_with((struct fanout_config){.threads = 2,
						.max_connections = 100,
						.handshake_seconds = 10,
						.holds = true},
		false);
	int fds[CLIENTS];
	char line[32];

	snprintf(line, sizeof(line), "SUB %u\n", LATE);
	for (unsigned i = 0; i < CLIENTS; i++) {
		fds[i] = client_connect(rig.tcp, 0);
		client_send(fds[i], line);
	}
	await_turns(&rig);
	cr_expect_eq(fanout_connections(rig.fanout), 0);
	fanout_open_channel(rig.fanout, LATE);
	rig_publish(&rig, LATE, 7, 50);
	await_turns(&rig);
	cr_expect_eq(fanout_connections(rig.fanout), 0, "frames let nobody in");
	fanout_admit(rig.fanout);
	for (unsigned i = 0; i < CLIENTS; i++) {
		cr_expect_eq(client_frame(fds[i], LATE, 50), 7);
		close(fds[i]);
	}
	rig_stop(&rig);
}

Test(fanout_admit, one_that_lets_nobody_in_can_be_stopped)
{
	struct rig rig = rig_start_with((struct fanout_config){.threads = 1,
						.max_connections = 100,
						.handshake_seconds = 10,
						.holds = true},
		false);
	int fd = client_connect(rig.tcp, 0);

	await_turns(&rig);
	rig_stop(&rig);
	close(fd);
}
