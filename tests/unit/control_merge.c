/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Merging on a real arena: each tap is in exactly one window, also when the process is killed at
 * any point between two of them.
 */

#include "control/merge.h"
#include "control/recovery.h"
#include "seeded_random.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3, ROWS = 4, STRIDE = 8 };

static struct store_rig rig;

static void set_up(void)
{
	store_rig_init(&rig, WORKERS, ROWS, STRIDE);
	store_rig_open(&rig);
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_merge, .init = set_up, .fini = tear_down);

static void tap(unsigned worker, unsigned row, unsigned reaction, uint64_t n)
{
	store_row_tallies(&rig.store, worker, row)[reaction] += n;
}

Test(control_merge, a_window_has_what_all_workers_counted_since_the_one_before)
{
	struct seeded_random r = seeded_random_new("control_merge");
	uint64_t total = 0;

	for (unsigned row = 0; row < ROWS; row++)
		store_open_row(&rig.store, (uint16_t)(100 + row));
	for (unsigned window = 0; window < 50; window++) {
		uint64_t expected[ROWS][STRIDE] = {{0}}, got[ROWS][STRIDE], sum = 0;

		for (unsigned i = 0; i < random_below(&r, 200); i++) {
			unsigned row = random_below(&r, ROWS), id = random_below(&r, STRIDE);
			unsigned n = 1 + random_below(&r, 255);

			tap(random_below(&r, WORKERS), row, id, n);
			expected[row][id] += n;
			sum += n;
		}
		cr_expect_eq(store_rig_window(&rig, got[0]), sum);
		cr_expect_eq(memcmp(got, expected, sizeof(got)), 0, "window %u", window);
		total += sum;
		cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, total);
		cr_expect_eq(store_now_shown(&rig.store)->window, window + 1);
		cr_expect_eq(recovery_taps_in_tallies(&rig.store), total);
	}
}

Test(control_merge, a_tally_that_wraps_loses_nothing)
{
	uint64_t got[STRIDE];

	store_open_row(&rig.store, 9);
	tap(0, 0, 2, UINT64_MAX - 4);
	store_rig_window(&rig, got);
	tap(0, 0, 2, 7);
	tap(1, 0, 2, 5);
	cr_expect_eq(store_rig_window(&rig, got), 12);
	cr_expect_eq(got[2], 12);
	cr_expect_eq(store_totals(&rig.store, rig.store.shown[*rig.store.active])[0],
		(uint64_t)(UINT64_MAX - 4) + 12, "modulo 2^64");
}

Test(control_merge, a_window_that_was_begun_and_not_committed_was_never_there)
{
	struct merge m;

	store_open_row(&rig.store, 9);
	tap(0, 0, 1, 5);
	cr_assert_eq(merge_init(&m, &rig.store), 0);
	for (unsigned i = 0; i < 3; i++) {
		merge_begin(&m);
		cr_expect_eq(merge_row(&m, 0)[1], 5);
		cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, 0);
	}
	merge_commit(&m, 17, 4000);
	cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, 5);
	cr_expect_eq(store_now_shown(&rig.store)->window, 17);
	cr_expect_eq(store_now_shown(&rig.store)->ends, 4000);
	merge_begin(&m);
	cr_expect_eq(merge_row(&m, 0), NULL, "it has not moved");
	merge_free(&m);
}

enum { POINTS = 8 };

/* Dies at one point of a window: 0 before it, 1 within, 2 to 5 behind a row, 6 committed. */
static void die_at(unsigned point, uint64_t window)
{
	struct merge m;

	if (store_rig_try_open(&rig) < 0 || merge_init(&m, &rig.store) < 0)
		_exit(1);
	for (unsigned row = 0; row < ROWS; row++)
		tap(row % WORKERS, row, 3, 1000 + point);
	if (point == 0)
		raise(SIGKILL);
	merge_begin(&m);
	if (point == 1)
		raise(SIGKILL);
	for (unsigned row = 0; row < ROWS; row++) {
		merge_row(&m, row);
		tap(0, row, 4, 1); // a worker goes on meanwhile
		if (point == 2 + row)
			raise(SIGKILL);
	}
	merge_commit(&m, window, 1000 * window);
	raise(SIGKILL);
}

Test(control_merge, a_kill_at_any_point_of_a_window_leaves_each_tap_in_one_window)
{
	uint64_t in_windows = 0, number = 0;

	for (unsigned row = 0; row < ROWS; row++)
		store_open_row(&rig.store, (uint16_t)row);
	store_rig_close(&rig);
	for (unsigned i = 0; i < 4 * POINTS; i++) {
		unsigned point = i % POINTS;
		int status;
		pid_t child = fork();

		if (child == 0)
			die_at(point, number + 1);
		cr_assert_eq(waitpid(child, &status, 0), child);
		cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

		store_rig_open(&rig);
		const struct store_shown *shown = store_now_shown(&rig.store);
		bool committed = point >= 2 + ROWS;
		cr_expect_eq(shown->window, committed ? number + 1 : number, "point %u", point);
		uint64_t tallies = recovery_taps_in_tallies(&rig.store);
		in_windows = shown->taps_in_windows;
		/* The next process shows what that one did not. */
		rig.windows = shown->window;
		in_windows += store_rig_window(&rig, NULL);
		cr_expect_eq(in_windows, tallies, "point %u", point);
		number = store_now_shown(&rig.store)->window;
		store_rig_close(&rig);
	}
	store_rig_open(&rig);
}

Test(control_merge, a_channel_keeps_its_row_from_start_to_start)
{
	const struct config_channel keep[] = {{.id = 8}};

	cr_expect_eq(store_open_row(&rig.store, 7), 0);
	cr_expect_eq(store_open_row(&rig.store, 8), 1);
	cr_expect_eq(store_open_row(&rig.store, 7), 0, "again");
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 2);
	store_close_others(&rig.store, keep, 1);
	cr_expect_eq(rig.store.row_table[0].state, STORE_ROW_CLOSED);
	cr_expect_eq(rig.store.row_table[1].state, STORE_ROW_OPEN);
	cr_expect_eq(store_open_row(&rig.store, 9), 2, "a closed row is given to nobody else");
	cr_expect_eq(store_open_row(&rig.store, 7), 0, "but to its own channel");
	cr_expect_eq(store_open_row(&rig.store, 10), 3);
	cr_expect_eq(store_open_row(&rig.store, 11), -ENOSPC);
	cr_expect_eq(store_open_row(&rig.store, 0), -ENOSPC);
}
