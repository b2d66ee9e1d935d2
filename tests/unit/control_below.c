/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a channel has had in all, with the channels below it, is as durable as its tallies: a window
 * that a kill cut short is not in it, another shape of the arena keeps it, and so does the arena of
 * a version that had no such sums.
 */

#include "control/windows.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <string.h>

enum { CHANNELS = 4, STRIDE = 8 };

static struct store_rig rig;
static struct windows windows;
static const struct mood_rules rules = {.weights = (const double[WIRE_REACTIONS_MAX]){0},
	.half_life_s = 60,
	.surge_begins = 3,
	.surge_ends = 1.5};
/* Channel 12 below 11 below 10. */
static unsigned parents[] = {10, 11};
static const struct config_channel channels[] = {
	{.id = 10}, {.id = 11, .parent = &parents[0]}, {.id = 12, .parent = &parents[1]}};

static void start(void)
{
	store_rig_open(&rig);
	for (unsigned i = 0; i < 3; i++)
		store_open_row(&rig.store, (uint16_t)channels[i].id);
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	windows_set_parents(&windows, channels, 3);
}

static void restart(void)
{
	windows_free(&windows);
	store_rig_close(&rig);
	start();
}

static void set_up(void)
{
	store_rig_init(&rig, 2, CHANNELS, STRIDE);
	start();
}

static void tear_down(void)
{
	windows_free(&windows);
	store_rig_remove(&rig);
}

TestSuite(control_below, .init = set_up, .fini = tear_down);

/* The first window of a process reads all rows, marked or not. */
static void tap_and_close(unsigned row, unsigned reaction, uint64_t n)
{
	store_row_tallies(&rig.store, 1, row)[reaction] += n;
	windows.merge.first = true;
	windows_close(&windows, (struct window_span){.ends_ms = 2000, .length_ms = 2000});
}

static uint64_t counted(unsigned row, unsigned reaction)
{
	uint64_t counts[2 * STRIDE];

	windows_counted(&windows, row, counts);
	return counts[reaction];
}

Test(control_below, a_window_that_a_kill_cut_short_is_not_in_it_and_comes_again)
{
	const uint64_t half[STRIDE] = {[3] = 7};

	tap_and_close(2, 3, 5);
	tap_and_close(2, 3, 0);
	store_row_tallies(&rig.store, 0, 2)[3] += 7;
	merge_begin(&windows.merge);
	merge_row(&windows.merge, 2);
	merge_below(&windows.merge, 1, half);
	restart();
	cr_expect_eq(counted(1, 3), 5);
	for (unsigned i = 0; i < 3; i++) {
		tap_and_close(2, 3, 0);
		for (unsigned row = 0; row < 3; row++)
			cr_expect_eq(counted(row, 3), 12, "row %u, window %u", row, i);
	}
}

Test(control_below, it_is_carried_into_another_shape_without_the_child_that_brought_it)
{
	const struct config_channel keep[] = {channels[0], channels[2]};

	tap_and_close(1, 3, 5);
	tap_and_close(2, 4, 6);
	store_close_others(&rig.store, keep, 2);
	windows_free(&windows);
	store_rig_close(&rig);
	rig.config.arena_channels = 2;
	rig.config.arena_reactions = 2 * STRIDE;
	store_rig_open(&rig);
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	cr_assert_eq(rig.store.row_table[1].channel, 12, "the closed row has gone");
	cr_expect_eq(counted(0, 3), 5);
	cr_expect_eq(counted(0, 4), 6);
	cr_expect_eq(counted(1, 4), 6);
	cr_expect_eq(counted(1, 3), 0);
}

/* The arena that there is, as a version without these sums would have written it. */
static void make_older_arena(void)
{
	enum { SHOWN = 3, MOST = 16 };
	static const char *const names[] = {"rows", "tallies", "workers", "shown", "refusals",
		"sessions", "undo", "reactors", "board", "journalled", "moods"};
	const unsigned n = sizeof(names) / sizeof(names[0]);
	const struct arena_options options = {
		.name = "test", .folder = rig.folder, .discard = true};
	struct arena_region regions[MOST];
	struct arena *a;

	for (unsigned i = 0; i < n; i++)
		regions[i] = *arena_find(rig.store.arena, names[i]);
	regions[SHOWN].layout = STORE_LAYOUT_WITH_TOTALS;
	regions[SHOWN].size =
		64 + 2 * (sizeof(struct store_shown) + CHANNELS * (STRIDE + 1) * sizeof(uint64_t));
	windows_free(&windows);
	store_rig_close(&rig);
	cr_assert_eq(arena_open(&a, &options, regions, n, rig.error, sizeof(rig.error)), 0, "%s",
		rig.error);
	store_view(&rig.store, a);
	rig.store.arena = a;
	store_write_refusal_names(a);
}

/* The second of the two states is the one that a wrong offset would miss. */
Test(control_below, an_arena_without_it_has_what_its_tallies_and_its_tree_make)
{
	make_older_arena();
	struct store_shown *shown = rig.store.shown[1];

	*rig.store.active = 1;
	for (unsigned row = 0; row < 3; row++) {
		rig.store.row_table[row] = (struct store_row){.channel = (uint16_t)(10 + row),
			.state = STORE_ROW_OPEN,
			.parent_plus_1 = row > 0 ? (uint16_t)(9 + row + 1) : 0};
		store_row_tallies(&rig.store, 0, row)[row] = 10 * (row + 1) + 1;
		shown->tallies[row * STRIDE + row] = 10 * (row + 1);
		store_totals(&rig.store, shown)[row] = 1000 + row;
	}
	shown->window = 77;
	store_rig_close(&rig);
	start();
	cr_expect_eq(store_now_shown(&rig.store)->window, 77);
	for (unsigned row = 0; row < 3; row++) {
		cr_expect_eq(store_totals(&rig.store, rig.store.shown[0])[row], 1000 + row);
		for (unsigned r = 0; r < 3; r++)
			cr_expect_eq(
				counted(row, r), r >= row ? 10 * (r + 1) : 0, "%u, %u", row, r);
	}
	tap_and_close(0, 0, 0);
	for (unsigned r = 0; r < 3; r++)
		cr_expect_eq(
			counted(0, r), 10 * (r + 1) + 1, "what was not shown yet is once in it");
}
