/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Old windows become minutes, hours, and one sum. Whatever is joined when, no tap is forgotten.
 */

#include "journal_rig.h"
#include "seeded_random.h"

#include <criterion/criterion.h>

enum { HOUR_MS = 3600000 };

static struct journal_rig rig;
static struct journal_file file;
static struct journal_rollup rollup;

static void set_up(void)
{
	journal_rig_init(&rig, 3);
	rig.now_ms = rig.now_ms / HOUR_MS * HOUR_MS;
}

static void tear_down(void)
{
	journal_rig_remove(&rig);
}

TestSuite(control_journal_rollup, .init = set_up, .fini = tear_down);

/* The journal is closed, and its old windows are joined by us. */
static void begin_rollup(void)
{
	journal_rig_stop(&rig);
	cr_assert_eq(journal_file_open(&file, rig.path, rig.store.error, sizeof(rig.store.error)),
		0, "%s", rig.store.error);
	cr_assert_eq(journal_rollup_init(&rollup, file.db), SQLITE_OK);
}

static void end_rollup(void)
{
	journal_rollup_free(&rollup);
	journal_file_close(&file);
}

/* In transactions of so many steps, to the end. */
static void roll_up(uint64_t now, unsigned steps)
{
	bool more = true;

	while (more)
		cr_assert_eq(journal_rollup_steps(&rollup, now, steps, UINT64_MAX, &more),
			SQLITE_OK, "%s", rollup.error);
}

static void tap_and_close(unsigned row, unsigned reaction, unsigned taps)
{
	journal_rig_tap(&rig, row, reaction, taps);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
}

Test(control_journal_rollup, windows_become_minutes_when_the_whole_minute_is_old)
{
	journal_rig_open(&rig);
	for (unsigned i = 0; i < 45; i++)
		tap_and_close(0, i < 30 ? 0 : 1, 1 + i);
	begin_rollup();
	rollup.keep_ms[0] = HOUR_MS;
	uint64_t minute = rig.now_ms - 30000; // one and a half have passed
	roll_up(minute + HOUR_MS - 1, 4);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 45);
	roll_up(minute + HOUR_MS, 4);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows WHERE level = 0"), 15);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT ends FROM windows WHERE level = 1 AND joins = 30 "
				      "AND length = 60000"),
		(long long)minute);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM counts ORDER BY window"), 465);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE total = 465"), 465);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT 1000 * score FROM moods ORDER BY window"), 1000);
	journal_rig_check(&rig);
	end_rollup();
}

Test(control_journal_rollup, without_time_there_are_two_steps)
{
	bool more;

	journal_rig_open(&rig);
	for (unsigned i = 0; i < 30; i++)
		tap_and_close(0, 0, 1);
	begin_rollup();
	rollup.keep_ms[0] = 1;
	for (unsigned i = 1; i < 15; i++) {
		cr_assert_eq(journal_rollup_steps(&rollup, rig.now_ms + HOUR_MS, 16, 0, &more),
			SQLITE_OK);
		cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 30 - 2 * i);
		cr_expect(more);
	}
	journal_rig_check(&rig);
	end_rollup();
}

Test(control_journal_rollup, a_mood_is_weighted_by_taps_and_keeps_its_peaks)
{
	journal_rig_open(&rig);
	tap_and_close(0, 0, 30); // of weight 1
	tap_and_close(0, 3, 10); // of weight -1
	tap_and_close(1, 1, 1);
	long long peak = journal_rig_ask(&rig, "SELECT 1e6 * max(intensity) FROM moods");
	begin_rollup();
	rollup.keep_ms[0] = 1;
	roll_up(rig.now_ms + HOUR_MS, 1);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 1);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT 1000 * score FROM moods WHERE channel = 10"), 500);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT 1e6 * max(intensity) FROM moods"), peak);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT total FROM moods WHERE channel = 10"), 40);
	journal_rig_check(&rig);
	end_rollup();
}

Test(control_journal_rollup, what_is_not_known_does_not_spoil_what_is)
{
	journal_rig_open(&rig);
	tap_and_close(0, 0, 5);
	begin_rollup();
	sqlite3_exec(file.db,
		"INSERT INTO windows SELECT window + 1, ends, length, 1, 0, 1, arena, catalogue "
		"FROM "
		"windows; INSERT INTO moods SELECT window + 1, channel, 5, 10, NULL, NULL, NULL, "
		"NULL FROM moods",
		NULL, NULL, NULL);
	rollup.keep_ms[0] = 1;
	roll_up(rig.now_ms + HOUR_MS, 9);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE score = 1 AND intensity = "
					   "1 AND surge = 0"),
		10);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT gap FROM windows"), 1);
	end_rollup();
}

/* Windows of any length, some of them days apart, in one arena. */
static void close_some(struct seeded_random *r, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		rig.now_ms += random_below(r, random_below(r, 20) == 0 ? 20 * HOUR_MS : 40000);
		for (unsigned taps = random_below(r, 4); taps > 0; taps--)
			journal_rig_tap(&rig, random_below(r, 3),
				random_below(r, JOURNAL_RIG_REACTIONS), random_below(r, 100));
		journal_rig_window(&rig);
		if (random_below(r, 4) > 0)
			journal_rig_await_free(&rig);
	}
}

Test(control_journal_rollup, sums_stay_exact_whatever_is_joined_when)
{
	struct seeded_random r = seeded_random_new("control_journal_rollup");
	uint64_t now = rig.now_ms;
	bool more;

	for (unsigned arena = 0; arena < 3; arena++) {
		if (arena > 0)
			journal_rig_lose_arena(&rig);
		journal_rig_open(&rig);
		close_some(&r, 100);
		if (arena < 2)
			journal_rig_stop(&rig);
	}
	begin_rollup();
	rollup.keep_ms[0] = 2 * HOUR_MS;
	rollup.keep_ms[1] = 24 * HOUR_MS;
	rollup.keep_ms[2] = 96 * HOUR_MS;
	long long joins = journal_rig_ask(&rig, "SELECT sum(joins) FROM windows");
	for (; now < rig.now_ms + 200ull * HOUR_MS; now += random_below(&r, 72 * HOUR_MS)) {
		for (unsigned i = random_below(&r, 40); i > 0; i--)
			journal_rollup_steps(&rollup, now, 1 + random_below(&r, 5),
				random_below(&r, 2) * UINT64_MAX, &more);
		journal_rig_check_file(&rig);
	}
	roll_up(now, 16);
	journal_rig_check(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT sum(joins) FROM windows"), joins);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 3, "one an arena");
	cr_expect_eq(journal_rig_ask(&rig, "SELECT min(level) FROM windows"), 3);
	end_rollup();
}
