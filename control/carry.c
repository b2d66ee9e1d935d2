/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/carry.h"

#include "control/carry_below.h"
#include "control/reactor_count.h"
#include "control/recovery.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static uint64_t sum_of(const struct store *s, unsigned row, unsigned reaction)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w < s->workers; w++)
		sum += store_tally(s, w, row, reaction);
	return sum;
}

static uint64_t *shown_row(struct store_shown *shown, const struct store *s, unsigned row)
{
	return shown->tallies + (size_t)row * s->stride;
}

static bool all_shown(const struct store *s, unsigned row)
{
	struct store_shown *shown = s->shown[*s->active];

	for (unsigned r = 0; r < s->stride; r++) {
		if (sum_of(s, row, r) != shown_row(shown, s, row)[r])
			return false;
	}
	return true;
}

static uint64_t row_total(const struct store *s, unsigned row)
{
	uint64_t sum = 0;

	for (unsigned r = 0; r < s->stride; r++)
		sum += sum_of(s, row, r);
	return sum;
}

/* The journal, if the last process kept one, may lag behind. */
static bool all_journalled(const struct store *s, unsigned row)
{
	return s->journalled == NULL || s->journalled->kept == 0 ||
	       s->journalled->rows[row] == row_total(s, row);
}

/* What its windows have shown: of an earlier layout, which only knew its own taps, just these. */
static uint64_t total_of(const struct store *s, bool has_totals, unsigned row)
{
	struct store_shown *shown = s->shown[*s->active];
	uint64_t sum = 0;

	if (has_totals)
		return store_totals(s, shown)[row];
	for (unsigned r = 0; r < s->stride; r++)
		sum += shown_row(shown, s, row)[r];
	return sum;
}

/* A row with taps of a reaction that the new shape has no room for cannot be carried. */
static int carry_row(const struct store *old, unsigned row, struct store *fresh, unsigned to,
	char *error, size_t cap)
{
	uint64_t *shown = shown_row(old->shown[*old->active], old, row);

	fresh->row_table[to] = old->row_table[row];
	for (unsigned r = 0; r < old->stride; r++) {
		uint64_t sum = sum_of(old, row, r);

		if (sum == 0 && shown[r] == 0)
			continue;
		if (r >= fresh->stride) {
			snprintf(error, cap,
				"the arena holds taps of reaction %u in channel %u, and "
				"arena.reactions is now %u: "
				"set it to %u or more, or give the taps up with --new-arena",
				r, old->row_table[row].channel, fresh->stride, r + 1);
			return -ERANGE;
		}
		store_row_tallies(fresh, 0, to)[r] = sum;
		shown_row(fresh->shown[0], fresh, to)[r] = shown[r];
	}
	if (old->journalled != NULL)
		fresh->journalled->rows[to] = old->journalled->rows[row];
	if (old->moods != NULL)
		fresh->moods[to] = old->moods[row];
	reactor_count_carry(old, row, store_next_window(old), fresh, to);
	return 0;
}

static bool may_be_left_out(const struct store *old, unsigned row)
{
	return old->row_table[row].state == STORE_ROW_CLOSED && all_shown(old, row) &&
	       all_journalled(old, row);
}

static int carry_rows(const struct store *old, bool has_totals, bool all, struct store *fresh,
	char *error, size_t cap)
{
	unsigned to = 0;

	for (unsigned row = 0; row < store_rows_used(old); row++) {
		if (!all && may_be_left_out(old, row)) {
			fresh->shown[0]->taps_retired += row_total(old, row);
			continue;
		}
		if (to == fresh->rows) {
			snprintf(error, cap,
				"the arena holds more than %u channels that are open, not yet "
				"shown or not yet journalled, and "
				"arena.channels is now %u: set it higher; or start once with it as "
				"it was, "
				"which closes the channels that the configuration no longer has; "
				"or give the "
				"taps up with --new-arena",
				to, fresh->rows);
			return -ENOSPC;
		}
		int ret = carry_row(old, row, fresh, to, error, cap);
		if (ret < 0)
			return ret;
		store_totals(fresh, fresh->shown[0])[to++] = total_of(old, has_totals, row);
	}
	return 0;
}

static int position(const struct arena *a, const char *name)
{
	const struct arena_region *region = arena_find(a, "refusals");

	for (unsigned i = 0; i < region->shape[0]; i++) {
		if (strncmp(store_refusal_name(a, i), name, STORE_REFUSAL_NAME_MAX) == 0)
			return (int)i;
	}
	return -1;
}

/* Old blocks may have another number of refusals, so another size; fields before them are alike. */
static void carry_stats(const struct arena *from, const struct store *old, struct store *fresh)
{
	const struct arena_region *workers = arena_find(from, "workers");
	size_t fields = workers->layout == WORKER_STATS_WITHOUT_PASSED
				? offsetof(struct worker_stats, passed)
				: offsetof(struct worker_stats, refused);
	size_t size = offsetof(struct worker_block, stats) + fields +
		      sizeof(uint64_t) * workers->shape[1];
	struct worker_stats *sum = &fresh->blocks[0].stats;

	size = (size + 63) / 64 * 64; // as the compiler rounds it
	for (unsigned w = 0; w < old->workers; w++) {
		const char *stats =
			(const char *)old->blocks + w * size + offsetof(struct worker_block, stats);
		const uint64_t *refused = (const void *)(stats + fields);
		struct worker_stats add = {0};

		memcpy(&add, stats, fields);
		for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++) {
			int at = position(from, refusal_name((enum refusal)r));
			if (at >= 0)
				add.refused[r] = refused[at];
		}
		worker_stats_add(sum, &add);
	}
	recovery_mend(fresh);
}

/* Under the same key, so that a table of the same size looks the same. Returns how many had to go.
 */
static uint64_t carry_sessions(
	const struct arena *from, const struct store *old, struct arena *fresh_arena)
{
	void *memory = arena_memory(fresh_arena, "sessions");
	struct sessions to;

	memcpy(memory, arena_memory(from, "sessions"), sizeof(struct session_head));
	sessions_view(&to, memory, arena_find(fresh_arena, "sessions")->shape[0]);
	return sessions_carry(&old->sessions, &to);
}

/* The region is there, in a layout that this program reads. */
static bool is_readable(const struct arena_region *was, const struct arena_region *is)
{
	if (was == NULL)
		return false;
	return was->layout == is->layout ||
	       (strcmp(is->name, "shown") == 0 && was->layout + 1 >= STORE_LAYOUT_WITH_TOTALS &&
		       was->layout < is->layout) ||
	       (strcmp(is->name, "workers") == 0 && was->layout == WORKER_STATS_WITHOUT_PASSED);
}

static int carry(
	const struct arena *old_arena, struct arena *fresh_arena, bool all, char *error, size_t cap)
{
	static const char *const names[] = {
		"rows", "tallies", "workers", "shown", "sessions", "undo", "reactors"};
	const bool has_names = arena_find(old_arena, "refusals") != NULL;
	struct store old = {0}, fresh = {0};
	int ret;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct arena_region *was = arena_find(old_arena, names[i]);
		const struct arena_region *is = arena_find(fresh_arena, names[i]);

		if (!has_names || !is_readable(was, is)) {
			snprintf(error, cap,
				"the arena was written by another version of uproard (region %s): "
				"let that version "
				"show its last window and stop it, then start this one with "
				"--new-arena",
				names[i]);
			return -EPROTO;
		}
	}
	store_view(&old, old_arena);
	recovery_finish(&old, &(struct recovery){0});
	uint64_t displaced = carry_sessions(old_arena, &old, fresh_arena);
	store_view(&fresh, fresh_arena);
	const struct store_shown *shown = store_now_shown(&old);
	fresh.shown[0]->window = shown->window;
	fresh.shown[0]->ends = shown->ends;
	fresh.shown[0]->taps_in_windows = shown->taps_in_windows;
	fresh.shown[0]->taps_retired = shown->taps_retired;
	*fresh.reactors_head = *old.reactors_head;
	if (old.journalled != NULL)
		*fresh.journalled = *old.journalled;
	uint32_t layout = arena_find(old_arena, "shown")->layout;
	ret = carry_rows(&old, layout >= STORE_LAYOUT_WITH_TOTALS, all, &fresh, error, cap);
	if (ret < 0)
		return ret;
	ret = carry_below(&old, layout, &fresh);
	if (ret < 0) {
		snprintf(error, cap, "out of memory");
		return ret;
	}
	carry_stats(old_arena, &old, &fresh);
	fresh.blocks[0].stats.sessions_displaced += displaced;
	store_write_refusal_names(fresh_arena);
	return 0;
}

int carry_over(const struct arena *old, struct arena *fresh, char *error, size_t cap)
{
	return carry(old, fresh, false, error, cap);
}

int carry_all_over(const struct arena *old, struct arena *fresh, char *error, size_t cap)
{
	return carry(old, fresh, true, error, cap);
}
