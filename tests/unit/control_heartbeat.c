/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A worker hangs after several looks without a turn, is told of once, and is told of when it is
 * back.
 */

#include "control/heartbeat.h"

#include <criterion/criterion.h>

Test(control_heartbeat, a_worker_that_turns_is_never_told_of)
{
	struct heartbeat h = {.n_workers = 1};

	for (uint64_t ticks = 1; ticks < 100; ticks++)
		cr_expect_eq(heartbeat_look(&h, 0, ticks), HEARTBEAT_SAME);
	cr_expect_eq(heartbeat_polling(&h), 1);
}

Test(control_heartbeat, one_that_stands_still_is_told_of_once)
{
	struct heartbeat h = {.n_workers = 2};

	heartbeat_look(&h, 1, 7);
	for (unsigned i = 1; i < HEARTBEAT_MISSES; i++) {
		cr_expect_eq(heartbeat_look(&h, 1, 7), HEARTBEAT_SAME);
		cr_expect_not(heartbeat_hangs(&h, 1));
	}
	cr_expect_eq(heartbeat_look(&h, 1, 7), HEARTBEAT_LOST);
	cr_expect(heartbeat_hangs(&h, 1));
	cr_expect_eq(heartbeat_polling(&h), 1, "the other one polls");
	cr_expect_eq(heartbeat_look(&h, 1, 7), HEARTBEAT_SAME);
}

Test(control_heartbeat, one_that_is_back_is_told_of_and_begins_anew)
{
	struct heartbeat h = {.n_workers = 1};

	for (unsigned i = 0; i < HEARTBEAT_MISSES; i++)
		heartbeat_look(&h, 0, 0);
	cr_expect(heartbeat_hangs(&h, 0));
	cr_expect_eq(heartbeat_look(&h, 0, 1), HEARTBEAT_BACK);
	cr_expect_not(heartbeat_hangs(&h, 0));
	cr_expect_eq(heartbeat_look(&h, 0, 1), HEARTBEAT_SAME);
}
