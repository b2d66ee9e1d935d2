/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From counts to a mood: shares, score, intensity, surge.
 */

#include "control/mood.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { IDS = 64 };

static unsigned sum(const uint16_t *shares, unsigned n)
{
	unsigned s = 0;

	for (unsigned i = 0; i < n; i++)
		s += shares[i];
	return s;
}

/* Counts of all magnitudes, zeros among them. */
static void random_counts(struct seeded_random *r, uint64_t *counts, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		counts[i] =
			random_below(r, 3) == 0 ? 0 : random_next(r) >> (12 + random_below(r, 52));
}

Test(control_mood, shares_add_up_to_one_and_are_never_off_by_more_than_a_step)
{
	struct seeded_random r = seeded_random_new("control_mood");

	for (unsigned i = 0; i < 50000; i++) {
		unsigned n = 1 + random_below(&r, 256);
		uint64_t counts[256];
		uint16_t shares[256];
		long double taps = 0;

		random_counts(&r, counts, n);
		for (unsigned j = 0; j < n; j++)
			taps += counts[j];
		mood_shares(counts, n, shares);
		cr_assert_eq(sum(shares, n), taps > 0 ? 10000 : 0);
		for (unsigned j = 0; taps > 0 && j < n; j++) {
			long double exact = counts[j] * 10000.0L / taps;

			cr_assert_lt(fabsl(shares[j] - exact), 1.0001L);
			cr_assert(counts[j] > 0 || shares[j] == 0);
		}
	}
}

Test(control_mood, the_largest_remainder_gets_what_is_left_and_the_smaller_id_among_equals)
{
	static const struct {
		uint64_t counts[4];
		uint16_t shares[4];
	} rows[] = {
		{{1, 1, 1, 0}, {3334, 3333, 3333, 0}},
		{{0, 1, 1, 1}, {0, 3334, 3333, 3333}},
		{{2, 1, 0, 0}, {6667, 3333, 0, 0}},
		{{1, 2, 0, 0}, {3333, 6667, 0, 0}},
		{{1, 1, 1, 4}, {1429, 1429, 1428, 5714}},
		{{9999, 1, 0, 0}, {9999, 1, 0, 0}},
		{{99999, 1, 0, 0}, {10000, 0, 0, 0}},
		{{0, 0, 0, 5}, {0, 0, 0, 10000}},
		{{0, 0, 0, 0}, {0, 0, 0, 0}},
		{{UINT64_MAX, UINT64_MAX, 0, 0}, {5000, 5000, 0, 0}},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint16_t shares[4];

		mood_shares(rows[i].counts, 4, shares);
		cr_expect_eq(memcmp(shares, rows[i].shares, sizeof(shares)), 0,
			"row %u: %u %u %u %u", i, shares[0], shares[1], shares[2], shares[3]);
	}
}

/* Who has which id changes nothing, but among equal remainders. */
Test(control_mood, the_order_of_the_reactions_does_not_matter)
{
	struct seeded_random r = seeded_random_new("control_mood");

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t counts[IDS], reversed[IDS];
		uint16_t shares[IDS], back[IDS];

		random_counts(&r, counts, IDS);
		for (unsigned j = 0; j < IDS; j++)
			reversed[IDS - 1 - j] = counts[j];
		mood_shares(counts, IDS, shares);
		mood_shares(reversed, IDS, back);
		for (unsigned j = 0; j < IDS; j++) {
			int step = (int)shares[j] - (int)back[IDS - 1 - j];

			cr_assert(step >= -1 && step <= 1);
		}
		for (unsigned j = 0; j < IDS; j++) { // equal counts differ by a step at most
			for (unsigned k = 0; k < j; k++)
				cr_assert(counts[j] < counts[k] || shares[j] + 1 >= shares[k]);
		}
	}
}

static const double weights[IDS] = {[0] = 1, [1] = -1, [2] = 0.5, [3] = 0, [4] = 0.31};

static const struct mood_rules rules = {.weights = weights,
	.half_life_s = 60,
	.surge_begins = 3,
	.surge_ends = 1.5,
	.surge_taps = 20};

static struct frame frame_of(struct mood_memory *m, const uint64_t *counts, uint32_t length_ms)
{
	const struct mood_window w = {.channel = 7,
		.window = 412,
		.ends_ms = 1781463802000,
		.length_ms = length_ms,
		.total = 90210,
		.counts = counts,
		.n = IDS};
	struct frame f;

	memset(&f, 0xff, sizeof(f));
	mood_frame(&f, m, &w, &rules);
	return f;
}

/* A window of so many taps of reaction 0. */
static struct frame taps(struct mood_memory *m, uint64_t n, uint32_t length_ms)
{
	uint64_t counts[IDS] = {n};

	return frame_of(m, counts, length_ms);
}

Test(control_mood, a_frame_tells_the_window)
{
	struct mood_memory m = {0};
	uint64_t counts[IDS] = {[4] = 1, [9] = 2};
	struct frame f = frame_of(&m, counts, 2000);

	cr_expect_eq(f.channel, 7);
	cr_expect_eq(f.window, 412);
	cr_expect_eq(f.ends, 1781463802000);
	cr_expect_eq(f.length, 2000);
	cr_expect_eq(f.taps, 3);
	cr_expect_eq(f.total, 90210);
	cr_expect_eq(f.reactors, 0);
	cr_assert_eq(f.n, 2);
	cr_expect_eq(f.entries[0].reaction, 9);
	cr_expect_eq(f.entries[0].count, 2);
	cr_expect_eq(f.entries[0].share, 6667);
	cr_expect_eq(f.entries[1].reaction, 4);
	cr_expect_eq(f.entries[1].share, 3333);
}

Test(control_mood, the_score_is_the_mean_weight)
{
	static const struct {
		uint64_t counts[5];
		int16_t score;
	} rows[] = {{{5}, 10000}, {{0, 5}, -10000}, {{1, 1}, 0}, {{0, 0, 3}, 5000},
		{{0, 0, 0, 9}, 0}, {{0}, 0}, {{1, 2}, -3333}, {{2, 1}, 3333},
		{{0, 0, 0, 0, 7}, 3100}, {{UINT64_MAX / 4}, 10000}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mood_memory m = {0};
		uint64_t counts[IDS] = {0};

		memcpy(counts, rows[i].counts, sizeof(rows[i].counts));
		struct frame f = frame_of(&m, counts, 2000);
		cr_expect_eq(f.score, rows[i].score, "row %u: %d", i, f.score);
	}
}

Test(control_mood, at_most_32_entries_the_most_counted_first)
{
	struct mood_memory m = {0};
	uint64_t counts[IDS];

	for (unsigned i = 0; i < IDS; i++)
		counts[i] = 1 + i % 40; // some are equal
	struct frame f = frame_of(&m, counts, 2000);
	cr_assert_eq(f.n, WIRE_FRAME_ENTRIES_MAX);
	for (unsigned i = 1; i < f.n; i++) {
		const struct frame_entry *a = &f.entries[i - 1], *b = &f.entries[i];

		cr_expect(
			a->count > b->count || (a->count == b->count && a->reaction < b->reaction));
	}
	cr_expect_eq(f.entries[0].count, 40);
}

Test(control_mood, what_does_not_fit_in_32_bits_saturates)
{
	struct mood_memory m = {0};
	struct frame f = taps(&m, 5000000000, 2000);

	cr_expect_eq(f.taps, UINT32_MAX);
	cr_expect_eq(f.entries[0].count, UINT32_MAX);
	cr_expect_eq(f.entries[0].share, 10000);
}

Test(control_mood, intensity_is_the_rate_against_the_usual_one)
{
	struct mood_memory m = {0};

	cr_expect_eq(taps(&m, 100, 2000).intensity, 1000, "nothing to compare with yet");
	for (unsigned i = 0; i < 100; i++)
		cr_expect_eq(taps(&m, 100, 2000).intensity, 1000);
	cr_expect_eq(taps(&m, 100, 1000).intensity, 2000, "in half the time");
	struct mood_memory steady = {.usual = 50, .windows = 100};
	cr_expect_eq(taps(&steady, 0, 2000).intensity, 0);
	steady = (struct mood_memory){.usual = 50, .windows = 100};
	cr_expect_eq(taps(&steady, 1000, 2000).intensity, 10000);
	steady = (struct mood_memory){.usual = 0.001, .windows = 100};
	cr_expect_eq(taps(&steady, 1000000, 2000).intensity, 65535, "saturating");
}

/* Half of the difference is forgotten in 60 seconds. */
Test(control_mood, the_usual_rate_follows_with_a_half_life_of_a_minute)
{
	struct mood_memory m = {.usual = 100, .windows = 1000};

	for (unsigned i = 0; i < 30; i++)
		taps(&m, 400, 2000); // 200 a second
	cr_expect_float_eq(m.usual, 150, 0.01, "%f", m.usual);
	m = (struct mood_memory){.usual = 100, .windows = 1000};
	for (unsigned i = 0; i < 600; i++)
		taps(&m, 20, 100); // the same in shorter windows
	cr_expect_float_eq(m.usual, 150, 0.01, "%f", m.usual);
}

Test(control_mood, the_half_life_is_what_the_configuration_says)
{
	struct mood_memory m = {.usual = 100, .windows = 1000};
	struct mood_rules slow = rules;
	const uint64_t counts[IDS] = {400};
	const struct mood_window w = {.length_ms = 2000, .counts = counts, .n = IDS};
	struct frame f;

	slow.half_life_s = 600;
	for (unsigned i = 0; i < 300; i++)
		mood_frame(&f, &m, &w, &slow);
	cr_expect_float_eq(m.usual, 150, 0.01, "%f", m.usual);
}

Test(control_mood, momentum_is_the_recent_rate_against_the_usual)
{
	struct mood_memory m = {0};

	cr_expect_eq(mood_momentum(&m), 0);
	for (unsigned i = 0; i < 300; i++)
		taps(&m, 200, 2000);
	cr_expect_float_eq(mood_momentum(&m), 0, 1e-9);
	m = (struct mood_memory){.usual = 50, .recent = 100};
	cr_expect_float_eq(mood_momentum(&m), 0.5, 1e-9);
	m = (struct mood_memory){.usual = 100, .recent = 50};
	cr_expect_float_eq(mood_momentum(&m), -0.5, 1e-9);
	m = (struct mood_memory){.usual = 100};
	cr_expect_eq(mood_momentum(&m), -1);
}

/* Half of the difference between recent and now is forgotten in 10 seconds. */
Test(control_mood, what_is_recent_follows_six_times_as_fast)
{
	struct mood_memory m = {.usual = 100, .recent = 100, .windows = 1000};

	for (unsigned i = 0; i < 5; i++)
		taps(&m, 400, 2000);
	cr_expect_float_eq(m.recent, 150, 0.01, "%f", m.recent);
	cr_expect_gt(mood_momentum(&m), 0.2);
	for (unsigned i = 0; i < 200; i++)
		taps(&m, 0, 2000);
	cr_expect_lt(mood_momentum(&m), -0.9);
}

/* The same crowd twice as large has the same mood. */
Test(control_mood, only_the_number_of_taps_grows_with_the_crowd)
{
	struct seeded_random r = seeded_random_new("control_mood");
	struct mood_memory one = {0}, twice = {0};

	for (unsigned i = 0; i < 5000; i++) {
		uint64_t counts[IDS], doubled[IDS];

		for (unsigned j = 0; j < IDS; j++)
			doubled[j] = 2 * (counts[j] = 20 + random_below(&r, 1000));
		struct frame f = frame_of(&one, counts, 2000), g = frame_of(&twice, doubled, 2000);
		cr_assert_eq(g.taps, 2 * f.taps);
		cr_assert_eq(g.score, f.score);
		cr_assert_eq(g.intensity, f.intensity);
		cr_assert_eq(g.flags, f.flags);
		cr_assert_float_eq(mood_momentum(&one), mood_momentum(&twice), 1e-9);
		for (unsigned j = 0; j < f.n; j++)
			cr_assert_eq(g.entries[j].share, f.entries[j].share);
	}
}

Test(control_mood, any_window_gives_a_frame_that_can_be_sent)
{
	struct seeded_random r = seeded_random_new("control_mood");
	struct mood_memory m = {0};

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t counts[IDS];
		uint8_t bytes[WIRE_FRAME_MAX];
		struct frame back;

		random_counts(&r, counts, IDS);
		struct frame f =
			frame_of(&m, counts, random_below(&r, 5) ? random_below(&r, 70000) : 0);
		cr_assert_eq(frame_decode(bytes, frame_encode(&f, bytes), &back), 0);
		cr_assert(isfinite(m.usual) && m.usual >= 0);
		cr_assert(fabs(mood_momentum(&m)) <= 1);
	}
}
