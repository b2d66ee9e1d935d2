/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Totals and window numbers go on: from window to window, from start to start, into another shape,
 * from an arena that had no totals, and from a record that knows more than a new arena.
 */

#include "control/reactor_count.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

static struct store_rig rig;

static void set_up(void)
{
	store_rig_init(&rig, 2, 4, 8);
	store_rig_open(&rig);
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_totals, .init = set_up, .fini = tear_down);

static uint64_t total(unsigned row)
{
	return store_totals(&rig.store, rig.store.shown[*rig.store.active])[row];
}

static void tap(unsigned worker, unsigned row, unsigned reaction, uint64_t n)
{
	store_row_tallies(&rig.store, worker, row)[reaction] += n;
}

Test(control_totals, they_have_what_windows_have_shown)
{
	store_open_row(&rig.store, 10);
	store_open_row(&rig.store, 11);
	tap(0, 1, 3, 5);
	cr_expect_eq(total(1), 0, "not shown yet");
	store_rig_window(&rig, NULL);
	cr_expect_eq(total(0), 0);
	cr_expect_eq(total(1), 5);
	tap(1, 1, 7, 2);
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_expect_eq(total(1), 5);
	store_rig_window(&rig, NULL);
	cr_expect_eq(total(1), 7);
}

Test(control_totals, they_are_carried_into_another_shape)
{
	const struct config_channel keep[] = {{.id = 11}};

	store_open_row(&rig.store, 10);
	store_open_row(&rig.store, 11);
	store_seed_total(&rig.store, 1, 1000);
	tap(0, 0, 3, 5);
	tap(0, 1, 3, 6);
	store_rig_window(&rig, NULL);
	store_close_others(&rig.store, keep, 1);
	tap(1, 1, 3, 1);
	store_rig_close(&rig);
	rig.config.ports[0].queues = 3;
	rig.config.arena_channels = 2;
	rig.config.arena_reactions = 16;
	store_rig_open(&rig);
	cr_assert_eq(rig.store.row_table[0].channel, 11, "the closed row has gone");
	cr_expect_eq(total(0), 1006);
	store_rig_window(&rig, NULL);
	cr_expect_eq(total(0), 1007);
}

/* An arena as it was before there were totals: the same regions, but for the one. */
static void make_arena_without_totals(void)
{
	static const char *const names[] = {"rows", "tallies", "workers", "shown", "refusals",
		"sessions", "undo", "reactors", "board"};
	enum { N = sizeof(names) / sizeof(names[0]), SHOWN = 3 };
	const struct arena_options options = {
		.name = "test", .folder = rig.folder, .discard = true};
	struct arena_region regions[N];
	struct arena *a;

	for (unsigned i = 0; i < N; i++)
		regions[i] = *arena_find(rig.store.arena, names[i]);
	regions[SHOWN].layout = 1;
	regions[SHOWN].size = 64 + 2 * (sizeof(struct store_shown) + 4 * 8 * sizeof(uint64_t));
	store_rig_close(&rig);
	cr_assert_eq(arena_open(&a, &options, regions, N, rig.error, sizeof(rig.error)), 0, "%s",
		rig.error);
	store_view(&rig.store, a);
	rig.store.arena = a;
	store_write_refusal_names(a);
}

/* The second of the two states is the one that a wrong offset would miss. */
Test(control_totals, an_arena_without_them_has_those_of_its_tallies)
{
	make_arena_without_totals();
	struct store_shown *shown = rig.store.shown[1];

	*rig.store.active = 1;
	store_open_row(&rig.store, 10);
	store_open_row(&rig.store, 11);
	tap(0, 1, 3, 50);
	tap(1, 1, 7, 7);
	shown->window = 77;
	shown->taps_in_windows = 54;
	shown->tallies[8 + 3] = 49;
	shown->tallies[8 + 7] = 5;
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_expect_eq(store_now_shown(&rig.store)->window, 77);
	cr_expect_eq(total(0), 0);
	cr_expect_eq(total(1), 54);
	cr_expect_eq(store_rig_window(&rig, NULL), 3);
	cr_expect_eq(total(1), 57);
}

Test(control_totals, a_record_that_knows_more_raises_them)
{
	store_open_row(&rig.store, 10);
	tap(0, 0, 3, 5);
	for (unsigned i = 0; i < 2; i++) // also if the start is killed and begins again
		store_seed_total(&rig.store, 0, 1000);
	store_rig_window(&rig, NULL);
	cr_expect_eq(total(0), 1005);
	store_seed_total(&rig.store, 0, 1000);
	cr_expect_eq(total(0), 1005, "it never falls");
}

/* The workers count people for the number that control will give the window. */
static void expect_next(uint64_t number)
{
	cr_expect_eq(store_next_window(&rig.store), number);
	cr_expect_eq(rig.store.reactors_head->window, number);
}

Test(control_totals, a_record_that_knows_more_raises_the_next_number)
{
	cr_assert_eq(reactor_count_begin(&rig.store), 0);
	uint64_t first = store_next_window(&rig.store);

	cr_expect(first + 60 > (uint64_t)time(NULL) && first <= (uint64_t)time(NULL));
	store_seed_window(&rig.store, first - 5);
	expect_next(first);
	store_seed_window(&rig.store, first + 5);
	expect_next(first + 5);
	rig.windows = first + 5 - 1;
	store_rig_window(&rig, NULL);
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_assert_eq(reactor_count_begin(&rig.store), 0);
	expect_next(first + 6);
	store_seed_window(&rig.store, first + 3);
	expect_next(first + 6);
	store_seed_window(&rig.store, first + 100);
	expect_next(first + 100);
}
