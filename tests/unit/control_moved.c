/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Reading only rows that moved: each tap is in exactly one window, also while workers count, and
 * what was shown is as if all rows had been read.
 */

#include "control/merge.h"
#include "control/recovery.h"
#include "dataplane/counting.h"
#include "dataplane/moved.h"
#include "seeded_random.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { WORKERS = 3, ROWS = 67, STRIDE = 8 };

static struct store_rig rig;
static struct merge merge;

static void set_up(void)
{
	store_rig_init(&rig, WORKERS, ROWS, STRIDE);
	store_rig_open(&rig);
	for (uint16_t row = 0; row < ROWS; row++)
		store_open_row(&rig.store, row);
	cr_assert_eq(merge_init(&merge, &rig.store), 0);
}

static void tear_down(void)
{
	merge_free(&merge);
	store_rig_remove(&rig);
}

TestSuite(control_moved, .init = set_up, .fini = tear_down);

static void tap(unsigned worker, unsigned row, unsigned reaction, uint64_t n)
{
	tally_add(&store_row_tallies(&rig.store, worker, row)[reaction], n);
	moved_mark(merge_marks(&merge, worker), row);
}

/* One window. Adds what each row grew by to counts[row], and returns how many rows were read. */
static unsigned window(uint64_t counts[ROWS])
{
	unsigned n = 0;

	merge_begin(&merge);
	for (unsigned row = 0; row < ROWS; row++) {
		const uint64_t *grown = merge_row(&merge, row);

		n += grown != NULL;
		for (unsigned r = 0; grown != NULL && r < STRIDE; r++)
			counts[row] += grown[r];
	}
	merge_commit(&merge, store_next_window(&rig.store), 1000);
	return n;
}

static void expect_all_shown(void)
{
	const struct store_shown *shown = store_now_shown(&rig.store);

	for (unsigned i = 0; i < ROWS * STRIDE; i++) {
		uint64_t now = 0;

		for (unsigned w = 0; w < WORKERS; w++)
			now += store_tally(&rig.store, w, i / STRIDE, i % STRIDE);
		cr_assert_eq(shown->tallies[i], now, "row %u", i / STRIDE);
	}
	cr_expect_eq(shown->taps_in_windows, recovery_taps_in_tallies(&rig.store));
}

Test(control_moved, only_rows_that_moved_are_read)
{
	uint64_t counts[ROWS] = {0};

	tap(1, 66, 2, 5);
	cr_expect_eq(window(counts), ROWS, "all in the first window");
	cr_expect_eq(window(counts), 0);
	tap(2, 0, 2, 1);
	tap(0, 9, 2, 1);
	tap(1, 9, 2, 1);
	tap(1, 66, 3, 4);
	cr_expect_eq(window(counts), 3);
	cr_expect_eq(counts[9], 2);
	cr_expect_eq(counts[66], 9);
	cr_expect_eq(window(counts), 0);
	expect_all_shown();
}

Test(control_moved, both_states_are_kept_whole)
{
	struct seeded_random r = seeded_random_new("control_moved");
	uint64_t counts[ROWS] = {0};

	for (unsigned i = 0; i < 500; i++) {
		for (unsigned n = random_below(&r, 3) * random_below(&r, 20); n > 0; n--)
			tap(random_below(&r, WORKERS), random_below(&r, ROWS),
				random_below(&r, STRIDE), 1 + random_below(&r, 9));
		if (random_below(&r, 5) == 0) { // begun in vain
			merge_begin(&merge);
			merge_row(&merge, random_below(&r, ROWS));
		}
		window(counts);
		expect_all_shown();
	}
}

/* A mark that comes late: the addition is in an earlier window, or in its own. */
Test(control_moved, an_addition_seen_before_its_mark_is_counted_once)
{
	uint64_t counts[ROWS] = {0};

	window(counts);
	tap(0, 5, 1, 3);
	tally_add(&store_row_tallies(&rig.store, 1, 5)[1], 4);
	window(counts);
	cr_expect_eq(counts[5], 7);
	moved_mark(merge_marks(&merge, 1), 5);
	window(counts);
	cr_expect_eq(counts[5], 7);
	tally_add(&store_row_tallies(&rig.store, 1, 6)[1], 4);
	window(counts);
	cr_expect_eq(counts[6], 0, "not read yet");
	moved_mark(merge_marks(&merge, 1), 6);
	window(counts);
	cr_expect_eq(counts[6], 4);
}

struct worker {
	unsigned id;
	pthread_t thread;
	uint64_t taps[ROWS];
};

enum { TAPS = 300000 };

static atomic_uint running;

static void *count(void *argument)
{
	struct worker *w = argument;
	struct seeded_random r = {w->id};

	for (unsigned i = 0; i < TAPS; i++) {
		unsigned row = random_below(&r, ROWS);

		tap(w->id, row, random_below(&r, STRIDE), 1);
		w->taps[row]++;
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* Windows one behind the other while they count, then one for the rest. */
Test(control_moved, while_workers_count_each_tap_is_in_one_window)
{
	struct worker workers[WORKERS] = {0};
	uint64_t counts[ROWS] = {0};
	unsigned windows = 0;

	running = WORKERS;
	for (unsigned w = 0; w < WORKERS; w++) {
		workers[w].id = w;
		cr_assert_eq(pthread_create(&workers[w].thread, NULL, count, &workers[w]), 0);
	}
	while (atomic_load(&running) > 0) {
		window(counts);
		windows++;
	}
	for (unsigned w = 0; w < WORKERS; w++)
		pthread_join(workers[w].thread, NULL);
	window(counts);
	for (unsigned row = 0; row < ROWS; row++) {
		for (unsigned w = 0; w < WORKERS; w++)
			counts[row] -= workers[w].taps[row];
		cr_expect_eq(counts[row], 0, "row %u", row);
	}
	cr_expect_eq(window(counts), 0, "no mark is left");
	cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, WORKERS * TAPS);
	expect_all_shown();
	fprintf(stderr, "control_moved: %u windows meanwhile\n", windows);
}
