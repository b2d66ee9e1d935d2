/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A curve that grows without end keeps its taps, its peaks and its room.
 */

#include "control/timeline_points.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct timeline_points t;

static void set_up(void)
{
	memset(&t, 0, sizeof(t));
}

TestSuite(control_timeline_points, .init = set_up);

static struct timeline_point window(unsigned i, uint64_t taps)
{
	return (struct timeline_point){.begins = 1000000 + 2000 * (uint64_t)i,
		.ends = 1002000 + 2000 * (uint64_t)i,
		.taps = taps,
		.score = i % 2 == 0 ? 1 : -1,
		.intensity = (float)taps,
		.reactors = (uint32_t)taps};
}

static uint64_t taps_of(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < t.n; i++)
		sum += t.points[i].taps;
	return sum;
}

Test(control_timeline_points, nothing_is_lost_and_nothing_overlaps_however_long_it_becomes)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < 100000; i++) {
		timeline_points_add(&t, window(i, i % 7));
		sum += i % 7;
	}
	cr_expect_leq(t.n, TIMELINE_POINTS);
	cr_expect_gt(t.n, TIMELINE_POINTS / 2);
	cr_expect_eq(taps_of(), sum);
	cr_expect_eq(t.points[0].begins, 1000000, "from the beginning");
	for (unsigned i = 1; i < t.n; i++)
		cr_assert_eq(t.points[i].begins, t.points[i - 1].ends);
}

Test(control_timeline_points, the_newest_are_windows_and_the_older_alike)
{
	uint64_t longest = 0, total = 0;

	for (unsigned i = 0; i < 20000; i++)
		timeline_points_add(&t, window(i, 1));
	for (unsigned i = t.n - TIMELINE_FINE / 2; i < t.n; i++)
		cr_assert_eq(t.points[i].ends - t.points[i].begins, 2000);
	for (unsigned i = 0; i < t.n - TIMELINE_FINE; i++) {
		uint64_t length = t.points[i].ends - t.points[i].begins;

		longest = length > longest ? length : longest;
		total += length;
	}
	cr_expect_lt(longest, 5 * total / (t.n - TIMELINE_FINE), "%lu", longest);
}

Test(control_timeline_points, a_peak_and_a_surge_stay_visible)
{
	bool surge = false;
	float highest = 0;

	for (unsigned i = 0; i < 20000; i++) {
		struct timeline_point p = window(i, i == 5000 ? 900 : 10);

		p.surge = i == 5000;
		timeline_points_add(&t, p);
	}
	for (unsigned i = 0; i < t.n; i++) {
		surge |= t.points[i].surge;
		highest = fmaxf(highest, t.points[i].intensity);
		cr_assert_leq(fabsf(t.points[i].score), 1);
	}
	cr_expect(surge);
	cr_expect_eq(highest, 900);
}

Test(control_timeline_points, a_hole_stays_a_hole)
{
	for (unsigned i = 0; i < 3000; i++)
		timeline_points_add(&t, window(i < 1500 ? i : i + 10000, 1));
	bool hole = false;
	for (unsigned i = 1; i < t.n; i++)
		hole |= t.points[i].begins - t.points[i - 1].ends == 20000000;
	cr_expect(hole);
	cr_expect_eq(taps_of(), 3000);
}

Test(control_timeline_points, what_overlaps_is_cut_and_what_is_old_is_dropped)
{
	timeline_points_add(&t, (struct timeline_point){.begins = 1000, .ends = 3000, .taps = 1});
	timeline_points_add(&t, (struct timeline_point){.begins = 2000, .ends = 4000, .taps = 2});
	timeline_points_add(&t, (struct timeline_point){.begins = 1000, .ends = 4000, .taps = 4});
	cr_assert_eq(t.n, 2);
	cr_expect_eq(t.points[1].begins, 3000);
}

Test(control_timeline_points, holes_without_end_forget_the_oldest)
{
	for (unsigned i = 0; i < 5000; i++)
		timeline_points_add(&t, window(1000 * i, 1));
	cr_expect_leq(t.n, TIMELINE_POINTS);
	cr_expect_eq(t.points[t.n - 1].begins, 1000000 + 2000 * 1000 * 4999ull);
}
