/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a worker without frames does, and how busy one with frames says it is.
 */

#include "dataplane/idle.h"
#include "dataplane/load.h"

#include <criterion/criterion.h>

enum { BOUND = 1000, START = 5000 };

Test(dataplane_idle, a_worker_spins_as_long_as_a_nap_then_naps)
{
	struct idle i;

	idle_init(&i, BOUND, false, START);
	cr_expect_eq(idle_next(&i, START), IDLE_SPIN);
	cr_expect_eq(idle_next(&i, START + BOUND - 1), IDLE_SPIN);
	cr_expect_eq(idle_next(&i, START + BOUND), IDLE_NAP);
	idle_saw_frames(&i, START + BOUND);
	cr_expect_eq(idle_next(&i, START + 2 * BOUND - 1), IDLE_SPIN);
	cr_expect_eq(idle_next(&i, START + 2 * BOUND), IDLE_NAP);
}

Test(dataplane_idle, a_processor_that_can_pause_does_so_before_it_naps)
{
	struct idle i;

	idle_init(&i, BOUND, true, START);
	cr_expect_eq(idle_next(&i, START + BOUND - 1), IDLE_SPIN);
	cr_expect_eq(idle_next(&i, START + BOUND), IDLE_PAUSE);
	cr_expect_eq(idle_next(&i, START + IDLE_PAUSES * BOUND - 1), IDLE_PAUSE);
	cr_expect_eq(idle_next(&i, START + IDLE_PAUSES * BOUND), IDLE_NAP);
}

Test(dataplane_idle, a_worker_that_polls_always_never_steps_down)
{
	for (int can_pause = 0; can_pause <= 1; can_pause++) {
		struct idle i;

		idle_init(&i, 0, can_pause, START);
		for (unsigned shift = 0; shift < 63; shift++)
			cr_expect_eq(idle_next(&i, START + (1ull << shift)), IDLE_SPIN);
	}
}

/* A kernel that takes a fixed time too long is not late any more from the second nap on. */
Test(dataplane_idle, naps_as_they_are_last_for_the_bound)
{
	enum { LATE = 160 };
	struct idle i;

	idle_init(&i, BOUND, false, START);
	cr_expect_eq(idle_nap(&i), BOUND);
	for (unsigned n = 0; n < 100; n++) {
		uint64_t asked = idle_nap(&i);

		cr_expect(n == 0 || asked + LATE == BOUND, "nap %u: %lu", n, (unsigned long)asked);
		idle_woke(&i, asked, asked + LATE);
	}
}

Test(dataplane_idle, one_late_nap_is_forgotten_and_no_nap_gets_too_short)
{
	struct idle i;
	unsigned naps = 0;

	idle_init(&i, BOUND, false, START);
	idle_woke(&i, BOUND, 1000 * BOUND);
	cr_expect_eq(idle_nap(&i), BOUND / 2);
	for (; idle_nap(&i) < BOUND && naps < 1000; naps++)
		idle_woke(&i, idle_nap(&i), idle_nap(&i));
	cr_expect_lt(naps, 100);
	idle_woke(&i, BOUND, BOUND / 2); // a signal woke it
	cr_expect_eq(idle_nap(&i), BOUND);
}

enum { WINDOW = 1000 };

Test(dataplane_load, ticks_of_turns_that_brought_frames_are_busy)
{
	struct worker_load l = {.ticks_all = 7, .ticks_busy = 3}; // of an earlier process
	struct load_clock c;

	load_begin(&l, &c, WINDOW, START);
	load_turn(&l, &c, START + 100, true);
	load_turn(&l, &c, START + 130, false);
	load_turn(&l, &c, START + 150, true);
	load_napped(&l);
	struct worker_load read = load_read(&l);
	cr_expect_eq(read.ticks_all, 7 + 150);
	cr_expect_eq(read.ticks_busy, 3 + 120);
	cr_expect_eq(read.naps, 1);
	cr_expect_eq(read.busy_permille, 0, "no window is over");
}

Test(dataplane_load, the_ratio_is_of_the_last_whole_window)
{
	struct worker_load l = {.busy_permille = 999};
	struct load_clock c;
	uint64_t now = START;

	load_begin(&l, &c, WINDOW, now);
	cr_expect_eq(load_read(&l).busy_permille, 0, "not that of an earlier process");
	for (unsigned n = 0; n < 10; n++)
		load_turn(&l, &c, now += 100, n % 4 == 0);
	cr_expect_eq(load_read(&l).busy_permille, 300);
	for (unsigned n = 0; n < 9; n++) {
		load_turn(&l, &c, now += 100, true);
		cr_expect_eq(load_read(&l).busy_permille, 300);
	}
	load_turn(&l, &c, now += 100, true);
	cr_expect_eq(load_read(&l).busy_permille, 1000);
	load_turn(&l, &c, now + 10 * WINDOW, false); // a long sleep is a window of its own
	cr_expect_eq(load_read(&l).busy_permille, 0);
}
