/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When windows end: on made-up clocks, so that no test waits.
 */

#include "control/window_clock.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MS = 1000000, LENGTH = 2000 };

/* A machine whose wall clock may be set. */
struct machine {
	struct window_clock clock;
	struct window_now now;
};

static struct machine start(uint64_t wall_ms, uint64_t last_end_ms)
{
	struct machine m = {.now = {.wall = wall_ms * MS, .monotonic = 77777777}};

	window_clock_start(&m.clock, LENGTH, last_end_ms, m.now);
	return m;
}

static void pass(struct machine *m, uint64_t ns)
{
	m->now.wall += ns;
	m->now.monotonic += ns;
}

/* Sleeps until the next end and some time more, as a thread does, and closes. */
static struct window_span next_window(struct machine *m, uint64_t late_ns)
{
	uint64_t at = window_clock_next(&m->clock, m->now);

	cr_assert_gt(at, m->now.monotonic, "the next end lies ahead");
	pass(m, at - m->now.monotonic + late_ns);
	return window_clock_close(&m->clock, m->now);
}

static void expect_span(
	struct window_span s, uint64_t ends_ms, uint32_t length_ms, uint32_t late_ms)
{
	cr_expect_eq(s.ends_ms, ends_ms, "ends %lu", (unsigned long)s.ends_ms);
	cr_expect_eq(s.length_ms, length_ms, "length %u", s.length_ms);
	cr_expect_eq(s.late_ms, late_ms, "late %u", s.late_ms);
	cr_expect_eq(s.late_ns / MS, late_ms);
}

Test(control_window_clock, windows_end_at_multiples_of_their_length)
{
	struct machine m = start(1000000, 0);

	expect_span(next_window(&m, 50000), 1002000, 2000, 0);
	expect_span(next_window(&m, 90000), 1004000, 2000, 0);
	expect_span(next_window(&m, 0), 1006000, 2000, 0);
}

Test(control_window_clock, a_first_stretch_is_joined_to_the_next_if_it_is_short)
{
	struct machine m = start(1000900, 0);
	expect_span(next_window(&m, 0), 1002000, 1100, 0);

	m = start(1001100, 0);
	expect_span(next_window(&m, 0), 1004000, 2900, 0);
	expect_span(next_window(&m, 0), 1006000, 2000, 0);
}

Test(control_window_clock, a_thread_that_comes_late_yields_one_longer_window)
{
	struct machine m = start(1000000, 0);

	expect_span(next_window(&m, 300 * MS), 1002000, 2000, 300);
	expect_span(next_window(&m, 6500ull * MS), 1010000, 8000, 500);
	expect_span(next_window(&m, 0), 1012000, 2000, 0);
}

/* The shortest and the longest that can be configured. */
Test(control_window_clock, short_and_long_windows_are_aligned_too)
{
	static const uint32_t lengths[] = {100, 60000};

	for (unsigned i = 0; i < 2; i++) {
		uint64_t length = lengths[i], wall = 1781463840000 + length / 4;
		struct window_now now = {.wall = wall * MS, .monotonic = 77 * (uint64_t)MS};
		struct window_clock clock;

		window_clock_start(&clock, (uint32_t)length, 0, now);
		for (unsigned n = 1; n <= 5; n++) {
			uint64_t wait = window_clock_next(&clock, now) - now.monotonic;

			wait += n == 3 ? 4 * length * MS : 1000; // the third comes very late
			now.wall += wait;
			now.monotonic += wait;
			struct window_span s = window_clock_close(&clock, now);
			cr_expect_eq(s.ends_ms % length, 0, "%lu", (unsigned long)s.ends_ms);
			cr_expect_eq(s.length_ms, n == 1   ? length * 3 / 4
						  : n == 3 ? length * 5
							   : length);
		}
	}
}

Test(control_window_clock, the_last_window_ends_at_once)
{
	struct machine m = start(1000000, 0);

	next_window(&m, 0);
	pass(&m, 123 * (uint64_t)MS);
	expect_span(window_clock_close_now(&m.clock, m.now), 1002123, 123, 0);
}

Test(control_window_clock, ends_go_on_behind_those_of_the_run_before)
{
	struct machine m = start(1000000, 5000000); // that one's clock was ahead
	uint64_t last = 5000000;

	for (unsigned i = 0; i < 5; i++) {
		struct window_span s = next_window(&m, 0);

		cr_expect_gt(s.ends_ms, last);
		last = s.ends_ms;
	}
}

/*
 * A clock that is set changes neither how long windows are, but for one that finds the new
 * boundaries, nor that their ends rise.
 */
static void expect_sane_after_step(int64_t step_ms, uint64_t into_ms)
{
	struct machine m = start(1000000000, 0);
	uint64_t last = next_window(&m, 0).ends_ms;

	pass(&m, into_ms * MS);
	m.now.wall += (uint64_t)(step_ms * MS);
	for (unsigned i = 0; i < 5; i++) {
		/* The timer was set before the clock: it fires when it was to fire. */
		struct window_span s;
		if (i == 0) {
			pass(&m, (LENGTH - into_ms) * MS);
			s = window_clock_close(&m.clock, m.now);
		} else {
			s = next_window(&m, 0);
		}
		cr_expect_gt(s.ends_ms, last, "step %ld at %lu: window %u ends", (long)step_ms,
			(unsigned long)into_ms, i);
		cr_expect(s.length_ms >= LENGTH / 2 && s.length_ms <= LENGTH * 2,
			"step %ld at %lu: window %u has %u ms", (long)step_ms,
			(unsigned long)into_ms, i, s.length_ms);
		cr_expect_leq(s.late_ms, LENGTH / 2, "step %ld at %lu: window %u is %u late",
			(long)step_ms, (unsigned long)into_ms, i, s.late_ms);
		last = s.ends_ms;
		if (i >= 2 && step_ms >= 0)
			cr_expect_eq(s.ends_ms % LENGTH, 0, "aligned again");
	}
}

Test(control_window_clock, a_wall_clock_that_is_set_disturbs_no_window_much)
{
	static const int64_t steps[] = {1, -1, 100, -100, 999, -999, 1000, -1000, 1001, -1001, 1900,
		-1900, 1999, -1999, 2000, -2000, 3600000, -3600000, 86400000, -86400000};

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (uint64_t into = 0; into < LENGTH; into += 250)
			expect_sane_after_step(steps[i], into);
	}
}

/* However late the thread comes and however the wall clock is set. */
Test(control_window_clock, lengths_add_up_to_the_time_that_passed_and_ends_rise)
{
	struct seeded_random r = seeded_random_new("control_window_clock");

	for (unsigned run = 0; run < 200; run++) {
		struct machine m = start(1000000000 + random_below(&r, 5000), 0);
		uint64_t begun = m.now.monotonic, sum = 0, last = 0;
		unsigned windows = 200;

		for (unsigned i = 0; i < windows; i++) {
			if (random_below(&r, 10) == 0)
				m.now.wall +=
					(uint64_t)((int64_t)random_below(&r, 20000) - 10000) * MS;
			struct window_span s = next_window(
				&m, random_below(&r, 4) ? random_below(&r, 100000)
							: random_below(&r, 3000) * (uint64_t)MS);

			cr_assert_gt(s.ends_ms, last);
			last = s.ends_ms;
			sum += s.length_ms;
		}
		sum += window_clock_close_now(&m.clock, m.now).length_ms;
		int64_t off = (int64_t)sum - (int64_t)((m.now.monotonic - begun) / MS);
		cr_assert_leq(llabs(off), windows / 2 + 1, "%ld ms", (long)off); // half a ms each
	}
}

Test(control_window_clock, real_clocks_can_be_read_and_go_on)
{
	struct window_now a = window_clock_read(), b = window_clock_read();

	cr_expect_geq(b.monotonic, a.monotonic);
	cr_expect_gt(a.wall, 1700000000ull * 1000 * MS);
}
