/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When a surge begins and ends.
 */

#include "control/mood.h"

#include <criterion/criterion.h>

enum { IDS = 64 };

static struct frame taps(struct mood_memory *m, uint64_t n, uint32_t length_ms)
{
	static const double weights[IDS];
	const uint64_t counts[IDS] = {n};
	const struct mood_window w = {.length_ms = length_ms, .counts = counts, .n = IDS};
	struct frame f;

	mood_frame(&f, m, &w, weights);
	return f;
}

static bool surges(const struct frame *f)
{
	return (f->flags & FRAME_SURGE) != 0;
}

Test(control_surge, a_surge_begins_at_three_times_and_ends_below_one_and_a_half)
{
	static const struct {
		uint64_t taps; // in 2 s, where 100 are usual
		bool surge;
	} rows[] = {{100, false}, {299, false}, {300, true}, {200, true}, {150, true}, {149, false},
		{200, false}, {299, false}, {1000, true}, {0, false}};
	bool surge = false;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* The usual rate is held, else it would follow. */
		struct mood_memory m = {.usual = 50, .windows = 100, .surge = surge};
		struct frame f = taps(&m, rows[i].taps, 2000);

		cr_expect_eq(surges(&f), rows[i].surge, "step %u: %lu taps", i,
			(unsigned long)rows[i].taps);
		surge = m.surge;
	}
}

Test(control_surge, three_taps_make_no_surge)
{
	struct mood_memory m = {0};

	for (unsigned i = 0; i < 50; i++)
		taps(&m, i % 10 == 0, 2000); // one tap every 20 s
	struct frame f = taps(&m, 3, 2000);
	cr_expect_gt(f.intensity, 3000, "%u", f.intensity);
	cr_expect_not(surges(&f));
	f = taps(&m, 19, 2000);
	cr_expect_not(surges(&f));
	f = taps(&m, 20, 2000);
	cr_expect(surges(&f));
}

Test(control_surge, a_rate_that_is_still_being_learned_makes_no_surge)
{
	struct mood_memory m = {0};

	taps(&m, 10, 2000);
	struct frame f = taps(&m, 1000, 2000);
	cr_expect_not(surges(&f));
	m = (struct mood_memory){0};
	for (unsigned i = 0; i < 3; i++)
		taps(&m, 10, 2000);
	f = taps(&m, 1000, 2000);
	cr_expect(surges(&f));
}
