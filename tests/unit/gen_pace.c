/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A rate is kept by the clock, whatever the sender was kept from. */

#include "client/gen/pace.h"

#include <criterion/criterion.h>

static const double hz = 1e9;

/* Looks every so many ticks until it is over; the frames that were offered. */
static uint64_t keep(struct pace *p, uint64_t every)
{
	uint64_t offered = 0;

	for (uint64_t now = p->begun; !pace_is_over(p, now); now += every) {
		uint32_t n = pace_due(p, now);

		cr_assert_leq(n, PACE_BURST_MAX);
		p->given += n;
		offered += n;
	}
	return offered;
}

Test(gen_pace, all_frames_are_offered_and_no_more)
{
	for (double rate = 10; rate < 50e6; rate *= 3) {
		struct pace p = pace_begin(77, rate, 0.1, hz);
		uint64_t offered = keep(&p, 50);

		cr_expect_eq(offered, (uint64_t)(rate * 0.1), "%f: %lu", rate, offered);
		cr_expect_eq(p.late, 0);
	}
}

Test(gen_pace, frames_are_spread_over_the_time)
{
	struct pace p = pace_begin(0, 1e6, 1, hz);
	uint64_t given = 0;

	for (uint64_t now = 0; now <= 500000000; now += 1000) {
		uint32_t n = pace_due(&p, now);

		p.given += n;
		given += n;
		cr_assert_leq(given, now / 1000);
	}
	cr_expect_geq(given, 500000 - p.burst);
	cr_expect_eq(p.burst, 10);
}

Test(gen_pace, a_short_pause_is_made_up_for)
{
	struct pace p = pace_begin(0, 1e6, 1, hz);

	p.given += pace_due(&p, 10000);
	uint64_t before = p.given;
	for (unsigned i = 0; i < 100; i++)
		p.given += pace_due(&p, 210000); // 200 frames later
	cr_expect_eq(p.given - before, 200);
	cr_expect_eq(p.late, 0);
}

Test(gen_pace, a_long_pause_leaves_frames_out)
{
	struct pace p = pace_begin(0, 1e6, 1, hz);
	uint64_t offered = 0;
	uint32_t n;

	while ((n = pace_due(&p, 100000000)) > 0) { // 100,000 frames are due
		p.given += n;
		offered += n;
	}
	cr_expect_leq(offered, p.behind_max);
	cr_expect_gt(offered, p.behind_max - p.burst);
	cr_expect_eq(p.late, 100000 - p.behind_max);
}

Test(gen_pace, it_is_over_in_time_though_nothing_can_be_offered)
{
	struct pace p = pace_begin(0, 1e6, 1, hz);

	cr_expect_not(pace_is_over(&p, (uint64_t)(0.99 * hz)));
	pace_due(&p, (uint64_t)hz);
	cr_expect(pace_is_over(&p, (uint64_t)(1.02 * hz)));
}
