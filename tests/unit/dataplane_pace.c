/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The pace: between its bounds, never falling as the load rises, and reaching both.
 */

#include "dataplane/pace.h"

#include <criterion/criterion.h>

Test(dataplane_pace, it_rises_with_the_load_on_a_straight_line_between_its_bounds)
{
	const struct pace p = {.least = 10, .most = 100, .low = 600, .high = 950};
	uint8_t before = 0;

	for (unsigned busy = 0; busy <= 1000; busy++) {
		uint8_t pace = pace_at(&p, busy);

		cr_assert(pace >= before && pace >= 10 && pace <= 100, "%u: %u", busy, pace);
		before = pace;
	}
	cr_expect_eq(pace_at(&p, 600), 10);
	cr_expect_eq(pace_at(&p, 775), 55, "half way");
	cr_expect_eq(pace_at(&p, 949), 99);
	cr_expect_eq(pace_at(&p, 950), 100);
}

Test(dataplane_pace, the_largest_bounds_do_not_overflow)
{
	const struct pace p = {.least = 0, .most = 255, .low = 0, .high = 1};

	cr_expect_eq(pace_at(&p, 0), 0);
	cr_expect_eq(pace_at(&p, 1), 255);
	cr_expect_eq(pace_at(&p, UINT64_MAX), 255);
}
