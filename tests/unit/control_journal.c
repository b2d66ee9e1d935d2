/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The journal has each window that was shown, and over restarts each tap in exactly one window.
 */

#include "journal_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct journal_rig rig;

static void set_up(void)
{
	journal_rig_init(&rig, 3);
}

static void tear_down(void)
{
	journal_rig_remove(&rig);
}

TestSuite(control_journal, .init = set_up, .fini = tear_down);

Test(control_journal, a_window_is_kept_with_counts_and_mood)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 1, 0, 3);
	journal_rig_tap(&rig, 1, 2, 1);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT ends FROM windows"), (long long)rig.now_ms);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT length FROM windows"), 2000);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT joins + 10 * level + 100 * gap FROM windows"), 1);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM moods"), 1);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE channel = 11"), 4);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT total FROM moods"), 4);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT round(1000 * score) FROM moods"), 625);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT round(1000 * intensity) FROM moods"), 1000);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT surge FROM moods"), 0);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM counts WHERE reaction = 0"), 3);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM counts WHERE reaction = 2"), 1);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

Test(control_journal, a_window_without_taps_is_a_window)
{
	journal_rig_open(&rig);
	for (unsigned i = 0; i < 3; i++) {
		journal_rig_window(&rig);
		journal_rig_await(&rig);
	}
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 3);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM moods"), 0);
	journal_rig_stop(&rig);
}

Test(control_journal, starts_and_ends_are_kept)
{
	for (unsigned i = 0; i < 3; i++) {
		journal_rig_open(&rig);
		journal_rig_tap(&rig, 0, 0, 1);
		journal_rig_window(&rig);
		if (i == 1) {
			journal_close(rig.journal, NULL, false);
			rig.journal = NULL;
		}
		journal_rig_stop(&rig);
		journal_rig_reopen_store(&rig);
	}
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM runs"), 3);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT count(*) FROM runs WHERE outcome = 'stopped' AND "
				      "ended >= started"),
		2);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT run FROM runs WHERE outcome = 'failed'"), 2);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM arenas"), 1);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM catalogues"), 1);
	journal_rig_check(&rig);
}

Test(control_journal, what_was_shown_without_it_is_made_up_for)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 0, 0, 5);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	rig.journal = NULL;
	journal_rig_open_windows(&rig);
	for (unsigned i = 0; i < 4; i++) {
		journal_rig_tap(&rig, 0, 0, 1);
		journal_rig_tap(&rig, 2, 7, 2);
		journal_rig_window(&rig);
	}
	windows_free(&rig.windows);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), 2);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT joins FROM windows WHERE gap"), 4);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT length FROM windows WHERE gap"), 8000);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT ends FROM windows WHERE gap"), (long long)rig.now_ms);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE channel = 12 AND score IS "
					   "NULL AND surge IS NULL"),
		8);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

Test(control_journal, another_file_begins_with_all_that_the_arena_holds)
{
	journal_rig_open(&rig);
	for (unsigned i = 0; i < 3; i++) {
		journal_rig_tap(&rig, 0, i, 5);
		journal_rig_window(&rig);
	}
	journal_rig_stop(&rig);
	remove(rig.path);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT joins FROM windows"), 3);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT length FROM windows"), 0, "nobody knows");
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods"), 15);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

/* The totals of this arena are those of the first journal, its taps are its own. */
Test(control_journal, another_file_does_not_make_up_for_totals_of_the_first)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 1, 0, 100);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	journal_rig_lose_arena(&rig);
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 1, 0, 7);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	remove(rig.path);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE total = 107"), 7);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

Test(control_journal, totals_and_numbers_go_on_when_the_arena_is_lost)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 1, 0, 100);
	journal_rig_window(&rig);
	uint64_t number = rig.windows.number;
	journal_rig_stop(&rig);
	journal_rig_lose_arena(&rig);
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 1, 0, 7);
	journal_rig_window(&rig);
	cr_expect_eq(rig.windows.number, number + 1);
	cr_expect_eq(rig.windows.last[1].total, 107);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT max(total) FROM moods"), 107);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM arenas"), 2);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

/* The row of a closed channel goes when the shape changes; the channel comes again later. */
Test(control_journal, a_channel_that_comes_again_counts_anew_and_its_total_goes_on)
{
	unsigned n = rig.store.config.n_channels;

	journal_rig_open(&rig);
	journal_rig_tap(&rig, 2, 0, 100);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	store_close_others(&rig.store.store, rig.store.config.channels, n - 1);
	rig.store.config.n_channels = n - 1;
	rig.store.config.arena_channels++;
	journal_rig_reopen_store(&rig);
	cr_assert_eq(store_rows_used(&rig.store.store), n - 1);
	rig.store.config.n_channels = n;
	journal_rig_reopen_store(&rig);
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 2, 0, 7);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(rig.windows.last[2].total, 107);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT sum(taps) FROM counts WHERE channel = 12"), 107);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

/* In an arena that does not know it: only the journal does. */
Test(control_journal, a_channel_that_is_opened_later_goes_on_from_the_journal)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 2, 0, 100);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	rig.store.config.n_channels--;
	journal_rig_lose_arena(&rig);
	journal_rig_open(&rig);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_assert_eq(store_open_row(&rig.store.store, 12), 2);
	for (unsigned i = 0; i < 3; i++) {
		journal_rig_window(&rig);
		journal_rig_await(&rig);
		cr_expect_eq(store_totals(&rig.store.store, rig.store.store.shown[i % 2])[2], 100);
	}
	journal_rig_tap(&rig, 2, 0, 7);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(rig.windows.last[2].total, 107);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

/* Channels 11 and 12 are regions of 10. */
static void set_parents(void)
{
	static unsigned parent = 10;
	struct config_channel list[3];

	memcpy(list, rig.store.config.channels, sizeof(list));
	list[1].parent = list[2].parent = &parent;
	windows_set_parents(&rig.windows, list, 3);
}

Test(control_journal, a_parent_has_the_mood_of_all_and_the_counts_of_its_own)
{
	static const char total_is_sum[] = "SELECT total FROM (SELECT total, sum(taps) OVER "
					   "(PARTITION BY channel ORDER BY window) AS "
					   "sum FROM moods) WHERE total <> sum";

	journal_rig_open(&rig);
	set_parents();
	journal_rig_tap(&rig, 0, 0, 1);
	journal_rig_tap(&rig, 1, 0, 20);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT taps FROM moods WHERE channel = 10"), 21);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT sum(taps) FROM counts WHERE channel = 10"), 1);
	journal_rig_tap(&rig, 2, 3, 300);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT max(total) FROM moods WHERE channel = 10"), 321);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT sum(taps) FROM counts"), 321);
	journal_rig_stop(&rig);
	rig.journal = NULL;
	journal_rig_open_windows(&rig);
	set_parents();
	journal_rig_tap(&rig, 1, 0, 4000);
	journal_rig_window(&rig);
	windows_free(&rig.windows);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT taps FROM moods JOIN windows USING(window) WHERE "
				      "gap AND channel = 10"),
		4000);
	cr_expect_eq(journal_rig_ask(&rig, total_is_sum), -1);
	journal_rig_stop(&rig);
}

Test(control_journal, a_new_catalogue_is_kept_from_its_first_window_on)
{
	static char name[] = "fire";
	static const struct config_reaction fire = {.id = 0, .name = name, .weight = 1};

	journal_rig_open(&rig);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
	rig.store.config.catalogue = &fire;
	rig.store.config.n_catalogue = 1;
	cr_assert_eq(journal_take_catalogue(rig.journal, &rig.store.config), 0);
	cr_assert_eq(journal_take_catalogue(rig.journal, &rig.store.config), 0);
	for (unsigned i = 0; i < 2; i++) {
		journal_rig_window(&rig);
		journal_rig_await(&rig);
	}
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM catalogues"), 2);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows WHERE catalogue = 2"), 2);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT reaction FROM reactions WHERE name = 'fire' AND "
					   "weight = 1"),
		0);
	cr_expect_eq(
		journal_rig_ask(&rig, "SELECT count(*) FROM channel_names WHERE channel = 11"), 2);
	journal_rig_stop(&rig);
}

Test(control_journal, without_a_file_there_is_none)
{
	rig.store.config.journal.file = NULL;
	journal_rig_open(&rig);
	cr_expect_eq(rig.journal, NULL);
	struct journal_status status;
	cr_expect_not(journal_read_status(rig.journal, &status));
	journal_rig_window(&rig);
	cr_expect_eq(journal_take_catalogue(rig.journal, &rig.store.config), 0);
	cr_expect_eq(rig.store.store.journalled->kept, 0);
	journal_rig_stop(&rig);
}
