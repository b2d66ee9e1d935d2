/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The curve of a channel as it is read from the journal.
 */

#include "control/journal_query.h"
#include "journal_rig.h"

#include <criterion/criterion.h>

enum { POINTS_MAX = 100 };

static struct journal_rig rig;
static struct journal_query query;
static struct journal_point points[POINTS_MAX];
static unsigned n;

/* Window i of 60 has i taps of channel 10, half of them of weight 1, half of weight -1. */
static void set_up(void)
{
	journal_rig_init(&rig, 2);
	rig.now_ms = rig.now_ms / 60000 * 60000;
	journal_rig_open(&rig);
	for (unsigned i = 1; i <= 60; i++) {
		journal_rig_tap(&rig, 0, 0, i / 2);
		journal_rig_tap(&rig, 0, 3, i / 2);
		journal_rig_tap(&rig, 1, 0, i == 30);
		journal_rig_window(&rig);
		journal_rig_await(&rig);
	}
	cr_assert_eq(journal_query_open(&query, rig.path), SQLITE_OK);
}

static void tear_down(void)
{
	journal_query_close(&query);
	journal_rig_stop(&rig);
	journal_rig_remove(&rig);
}

TestSuite(control_journal_query, .init = set_up, .fini = tear_down);

static void read_points(uint16_t channel, uint64_t last_ms, uint64_t resolution, unsigned most)
{
	cr_assert_eq(journal_query_points(&query, channel, rig.now_ms - last_ms, rig.now_ms,
			     resolution, points, most, &n),
		SQLITE_OK);
	for (unsigned i = 0; i < n; i++) {
		cr_expect_gt(points[i].length_ms, 0);
		if (i > 0)
			cr_expect_geq(
				points[i].ends_ms - points[i].length_ms, points[i - 1].ends_ms);
	}
}

Test(control_journal_query, windows_as_they_are)
{
	read_points(10, 20000, 0, POINTS_MAX);
	cr_assert_eq(n, 10);
	cr_expect_eq(points[9].ends_ms, rig.now_ms);
	cr_expect_eq(points[9].length_ms, 2000);
	cr_expect_eq(points[9].taps, 60);
	cr_expect_eq(points[0].taps, 50);
	cr_expect_eq(points[0].score, 0);
	cr_expect_not(points[0].gap);
}

Test(control_journal_query, the_newest_if_there_are_too_many)
{
	read_points(10, 120000, 0, 3);
	cr_assert_eq(n, 3);
	cr_expect_eq(points[2].taps, 60);
	cr_expect_eq(points[0].taps, 58);
}

Test(control_journal_query, joined_to_a_resolution)
{
	read_points(10, 120000, 60000, POINTS_MAX);
	cr_assert_eq(n, 2);
	cr_expect_eq(points[0].length_ms, 60000);
	cr_expect_eq(points[0].taps + points[1].taps, 2 * 30 * 30);
	read_points(11, 120000, 60000, POINTS_MAX);
	cr_assert_eq(n, 2);
	cr_expect_eq(points[0].taps, 1);
	cr_expect_eq(points[0].score, 1);
	cr_expect_eq(points[1].taps, 0, "silence is a point, too");
}

Test(control_journal_query, a_channel_that_is_not_there_is_silent)
{
	read_points(999, 20000, 0, POINTS_MAX);
	cr_assert_eq(n, 10);
	cr_expect_eq(points[5].taps, 0);
}

/* A millisecond of rounding, and a length that is not known. */
Test(control_journal_query, lengths_fit_between_the_ends)
{
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(rig.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db,
			     "UPDATE windows SET length = 2003; UPDATE windows SET length "
			     "= 0 WHERE window % 7 = 0",
			     NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	read_points(10, 100000, 0, POINTS_MAX);
	cr_expect_geq(n, 49);
	for (unsigned i = 1; i < n; i++)
		cr_expect_eq(points[i].length_ms, 2000);
}

Test(control_journal_query, the_resolution_fits)
{
	cr_expect_eq(journal_query_resolution(7200000, 2000, 3600), 0);
	cr_expect_eq(journal_query_resolution(7202000, 2000, 3600), 10000);
	cr_expect_eq(journal_query_resolution(86400000, 2000, 1440), 60000);
	cr_expect_eq(journal_query_resolution(86400000ull * 365, 2000, 1000), 86400000);
	cr_expect_eq(journal_query_resolution(60000, 60000, 1), 0);
}
