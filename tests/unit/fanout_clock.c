/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_clock.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <unistd.h>

void clock_tick(struct rig *rig, struct clock *clock)
{
	rig_publish(rig, 2, ++clock->ticks, 10);
	cr_assert_eq(client_frame(clock->fd, 2, 10), clock->ticks);
}

struct clock clock_start(struct rig *rig, unsigned others)
{
	struct clock clock = {.fd = client_connect(rig->tcp, 0), .accepted = others + 1};

	client_send(clock.fd, "SUB 2\n");
	clock_tick(rig, &clock);
	return clock;
}

/* Bytes that were sent so far to others than the clock. */
static uint64_t bytes_so_far(struct rig *rig, struct clock *clock)
{
	clock_tick(rig, clock);
	clock_tick(rig, clock);
	close(client_connect(rig->tcp, 0));
	rig_await(rig, offsetof(struct fanout_stats, accepted), ++clock->accepted);
	return rig_stats(rig).bytes_sent - clock->ticks * 12ull;
}

uint32_t clock_stall(struct rig *rig, struct clock *clock, uint32_t n, size_t len, uint64_t *bytes)
{
	uint64_t before;

	*bytes = 0;
	do {
		before = *bytes;
		for (unsigned i = 0; i < 20; i++) {
			rig_publish(rig, 1, ++n, len);
			clock_tick(rig, clock);
		}
		*bytes = bytes_so_far(rig, clock);
	} while (*bytes != before);
	return n;
}
