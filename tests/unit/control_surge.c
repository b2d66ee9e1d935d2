/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When a surge begins and ends.
 */

#include "control/mood.h"

#include <criterion/criterion.h>

enum { IDS = 64 };

static const double no_weights[IDS];
static const struct mood_rules defaults = {.weights = no_weights,
	.half_life_s = 60,
	.surge_begins = 3,
	.surge_ends = 1.5,
	.surge_taps = 20};

static struct frame taps(struct mood_memory *m, uint64_t n, uint32_t length_ms)
{
	const uint64_t counts[IDS] = {n};
	const struct mood_window w = {.length_ms = length_ms, .counts = counts, .n = IDS};
	struct frame f;
	mood_frame(&f, m, &w, &defaults);
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

/* docs/sentiment.md, "An example". */
Test(control_surge, the_example_of_the_manual)
{
	static const double weights[IDS] = {[3] = 0.7, [7] = 0.8, [10] = -0.5, [11] = -0.8};
	static const struct {
		uint64_t counts[12];
		int score;
		double usual; // before the window
		unsigned intensity;
		bool surge;
	} rows[] = {{{0}, 0, 0, 1000, false}, {{0}, 0, 0, 1000, false},
		{{[7] = 2, [3] = 1}, 7667, 0, 1000, false}, {{[7] = 20}, 8000, 0.5, 20000, true},
		{{[7] = 10, [11] = 10}, 0, 0.555, 18027, true},
		{{[7] = 100}, 8000, 0.609, 65535, true},
		{{[7] = 100, [10] = 50}, 3667, 0.894, 65535, true},
		{{[7] = 60}, 8000, 1.320, 22720, true}, {{[7] = 30}, 8000, 1.486, 10097, true},
		{{[7] = 12}, 8000, 1.563, 3838, true}, {{0}, 0, 1.589, 0, false}};
	struct mood_memory m = {0};
	struct mood_rules rules = defaults;

	rules.weights = weights;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct mood_window w = {.length_ms = 2000, .counts = rows[i].counts, .n = 12};
		struct frame f;

		cr_expect_float_eq(m.usual, rows[i].usual, 0.0005, "row %u: %f", i, m.usual);
		mood_frame(&f, &m, &w, &rules);
		cr_expect_eq(f.score, rows[i].score, "row %u: %d", i, f.score);
		cr_expect_eq(f.intensity, rows[i].intensity, "row %u: %u", i, f.intensity);
		cr_expect_eq(surges(&f), rows[i].surge, "row %u", i);
	}
}
