/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_past.h"

#include "control/journal_file.h"

#include "wire/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct past {
	sqlite3 *db;
	struct store *store;
	struct journal_baseline *baseline;
	int32_t *row_of; // [channels]: -1 none
	sqlite3_int64 arena;
	uint64_t window;       // the last one of all; 0: none
	uint64_t arena_window; // the last one of this arena; 0: none
	uint64_t arena_ends;
	uint64_t first_window; // of the arena
	char *error;
	size_t cap;
};

void journal_generation(const struct store *s, char out[JOURNAL_GENERATION_MAX])
{
	snprintf(out, JOURNAL_GENERATION_MAX, "%016" PRIx64, arena_generation(s->arena));
}

static int unreadable(struct past *p)
{
	bool damaged = (sqlite3_extended_errcode(p->db) & 0xff) == SQLITE_CORRUPT;

	snprintf(p->error, p->cap, "journal %s: %s (%s)%s", sqlite3_db_filename(p->db, "main"),
		damaged ? "it is damaged" : "it cannot be read", sqlite3_errmsg(p->db),
		damaged ? JOURNAL_DAMAGED_ADVICE : "");
	return -EIO;
}

static int map_rows(struct past *p)
{
	p->row_of = malloc(WIRE_CHANNELS_MAX * sizeof(*p->row_of));
	if (p->row_of == NULL)
		return -ENOMEM;
	memset(p->row_of, 0xff, WIRE_CHANNELS_MAX * sizeof(*p->row_of));
	for (unsigned i = 0; i < store_rows_used(p->store); i++)
		p->row_of[p->store->row_table[i].channel] = (int32_t)i;
	return 0;
}

/* Calls take for each row of the query's answer. */
static int for_each(struct past *p, const char *sql, int (*take)(struct past *p, sqlite3_stmt *s))
{
	sqlite3_stmt *s = NULL;
	int ret = 0, step = sqlite3_prepare_v2(p->db, sql, -1, &s, NULL);

	if (step == SQLITE_OK) {
		while (ret == 0 && (step = sqlite3_step(s)) == SQLITE_ROW)
			ret = take(p, s);
	}
	if (ret == 0 && step != SQLITE_DONE)
		ret = unreadable(p);
	sqlite3_finalize(s);
	return ret;
}

static int take_arena(struct past *p, sqlite3_stmt *s)
{
	p->arena = sqlite3_column_int64(s, 0);
	return 0;
}

static int take_window(struct past *p, sqlite3_stmt *s)
{
	p->window = (uint64_t)sqlite3_column_int64(s, 0);
	return 0;
}

static int take_arena_window(struct past *p, sqlite3_stmt *s)
{
	p->arena_window = (uint64_t)sqlite3_column_int64(s, 0);
	p->arena_ends = (uint64_t)sqlite3_column_int64(s, 1);
	return 0;
}

/* The row of a channel, or -1: the file may say anything. */
static int row_of(const struct past *p, sqlite3_int64 channel)
{
	return channel >= 0 && channel < WIRE_CHANNELS_MAX ? p->row_of[channel] : -1;
}

static int take_total(struct past *p, sqlite3_stmt *s)
{
	sqlite3_int64 channel = sqlite3_column_int64(s, 0);

	if (channel >= 0 && channel < WIRE_CHANNELS_MAX)
		p->baseline->past[channel] = (uint64_t)sqlite3_column_int64(s, 1);
	return 0;
}

/* Nothing is journalled before it was shown. */
static int take_tally(struct past *p, sqlite3_stmt *s)
{
	const struct store *store = p->store;
	sqlite3_int64 channel = sqlite3_column_int64(s, 0), reaction = sqlite3_column_int64(s, 2);
	uint64_t taps = (uint64_t)sqlite3_column_int64(s, 3);
	int row = row_of(p, channel);

	if (row < 0 ||
		store_row_began(&store->row_table[row]) != (uint32_t)sqlite3_column_int64(s, 1))
		return 0; // of a row that is no more
	size_t at = (size_t)row * store->stride + (size_t)reaction;
	if (reaction < 0 || reaction >= store->stride ||
		taps > store_now_shown(store)->tallies[at]) {
		snprintf(p->error, p->cap,
			"the journal %s holds taps of reaction %lld in channel %lld that the arena "
			"%s does not know: it is not the journal of this arena; name another file "
			"in journal.file, or start with --new-arena",
			sqlite3_db_filename(p->db, "main"), reaction, channel,
			arena_path(store->arena));
		return -EINVAL;
	}
	p->baseline->tallies[at] = taps;
	store->journalled->rows[row] += taps;
	return 0;
}

/* What an arena that the journal does not know had of others' totals is not to be made up for. */
static void set_totals(const struct past *p)
{
	struct store *s = p->store;
	const struct store_shown *shown = store_now_shown(s);
	const uint64_t *totals = store_totals(s, s->shown[*s->active]);

	for (unsigned row = 0; row < store_rows_used(s); row++) {
		uint64_t own = 0;

		for (unsigned r = 0; r < s->stride; r++)
			own += shown->tallies[(size_t)row * s->stride + r];
		p->baseline->totals[row] = totals[row] - own;
	}
}

static int read_arena(struct past *p)
{
	char generation[JOURNAL_GENERATION_MAX], sql[160];

	journal_generation(p->store, generation);
	snprintf(sql, sizeof(sql), "SELECT arena FROM arenas WHERE generation = '%s'", generation);
	int ret = for_each(p, sql, take_arena);
	if (ret == 0 && p->arena == 0)
		set_totals(p);
	if (ret < 0 || p->arena == 0)
		return ret;
	snprintf(sql, sizeof(sql),
		"SELECT window, ends FROM windows WHERE arena = %lld ORDER BY window DESC LIMIT 1",
		p->arena);
	ret = for_each(p, sql, take_arena_window);
	if (ret < 0)
		return ret;
	snprintf(sql, sizeof(sql),
		"SELECT channel, began, reaction, taps FROM tallies WHERE arena = %lld", p->arena);
	return for_each(p, sql, take_tally);
}

static int read_file(struct past *p)
{
	int ret = map_rows(p);

	if (ret == 0)
		ret = for_each(
			p, "SELECT window FROM windows ORDER BY window DESC LIMIT 1", take_window);
	if (ret == 0)
		ret = for_each(p, "SELECT channel, total FROM channels", take_total);
	journal_baseline_take_rows(p->baseline, p->store);
	if (ret == 0)
		ret = read_arena(p);
	free(p->row_of);
	return ret;
}

/* How many windows were shown since the last one that the journal has of this arena. */
static uint64_t windows_since(const struct past *p, uint64_t shown)
{
	uint64_t before = p->arena_window;

	if (before == 0 && p->first_window > 0)
		before = p->first_window - 1;
	return shown > before ? shown - before : 0;
}

/* Under the number of the last window of it, unless the journal has come further meanwhile. */
static void find_gap(struct journal_record *gap, const struct past *p)
{
	const struct store_shown *shown = store_now_shown(p->store);
	struct journal_baseline *b = p->baseline;
	uint64_t missing = shown->window > 0 ? windows_since(p, shown->window) : 0;

	b->joins = missing > 0 ? missing : 1;
	b->length =
		p->arena_ends > 0 && shown->ends > p->arena_ends ? shown->ends - p->arena_ends : 0;
	journal_record_fill(gap, b, p->store, NULL);
	if (missing == 0 && gap->n_rows == 0)
		gap->joins = 0;
	else if (gap->window <= p->window)
		gap->window = p->window + 1;
}

int journal_past_read(struct journal_record *gap, struct journal_baseline *b, sqlite3 *db,
	struct store *s, char *error, size_t cap)
{
	struct past p = {.db = db,
		.store = s,
		.baseline = b,
		.first_window = s->reactors_head->first_window,
		.error = error,
		.cap = cap};

	memset(s->journalled->rows, 0, s->rows * sizeof(s->journalled->rows[0]));
	int ret = read_file(&p);
	if (ret < 0)
		return ret;
	find_gap(gap, &p);
	uint64_t last = gap->joins > 0 ? gap->window : p.window;
	if (last > 0)
		store_seed_window(s, last + 1);
	s->journalled->window = p.arena_window;
	s->journalled->ends = p.arena_ends;
	s->journalled->kept = 1;
	return 0;
}
