/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "journal_rig.h"

#include "dataplane/moved.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t epoch_ms = 1700000000000;
static const double weights[WIRE_REACTIONS_MAX] = {1, 0.5, -0.5, -1};

void journal_rig_open_store(struct journal_rig *rig)
{
	store_rig_open(&rig->store);
	if (store_now_shown(&rig->store.store)->ends > rig->now_ms)
		rig->now_ms = store_now_shown(&rig->store.store)->ends;
	for (unsigned i = 0; i < rig->store.config.n_channels; i++)
		store_open_row(&rig->store.store, (uint16_t)rig->store.config.channels[i].id);
}

void journal_rig_init(struct journal_rig *rig, unsigned channels)
{
	static struct config_channel list[JOURNAL_RIG_ROWS];
	static char name[] = "a channel";

	memset(rig, 0, sizeof(*rig));
	store_rig_init(&rig->store, 1, JOURNAL_RIG_ROWS, JOURNAL_RIG_REACTIONS);
	for (unsigned i = 0; i < channels; i++)
		list[i] = (struct config_channel){.id = 10 + i, .name = name};
	rig->store.config.channels = list;
	rig->store.config.n_channels = channels;
	rig->store.config.window_ms = 2000;
	snprintf(rig->path, sizeof(rig->path), "%s-journal.db", rig->store.folder);
	rig->store.config.journal.file = rig->path;
	rig->now_ms = epoch_ms;
	journal_rig_open_store(rig);
}

void journal_rig_remove(struct journal_rig *rig)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	char path[160];

	for (unsigned i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", rig->path, endings[i]);
		unlink(path);
	}
	store_rig_remove(&rig->store);
}

void journal_rig_open_windows(struct journal_rig *rig)
{
	const struct mood_rules rules = {.weights = weights,
		.half_life_s = 60,
		.surge_begins = 3,
		.surge_ends = 1.5,
		.surge_taps = 20};

	cr_assert_eq(windows_init(&rig->windows, rules, &rig->store.store), 0);
}

int journal_rig_try_open(struct journal_rig *rig)
{
	struct store_rig *s = &rig->store;
	int ret = journal_open(&rig->journal, &s->config, &s->store, s->error, sizeof(s->error));

	if (ret == 0) {
		ret = journal_start(rig->journal, s->error, sizeof(s->error));
		journal_rig_open_windows(rig);
	}
	return ret;
}

void journal_rig_open(struct journal_rig *rig)
{
	cr_assert_eq(journal_rig_try_open(rig), 0, "%s", rig->store.error);
}

void journal_rig_stop(struct journal_rig *rig)
{
	journal_close(rig->journal, &rig->windows, true);
	windows_free(&rig->windows);
}

void journal_rig_reopen_store(struct journal_rig *rig)
{
	store_rig_close(&rig->store);
	journal_rig_open_store(rig);
}

void journal_rig_lose_arena(struct journal_rig *rig)
{
	store_rig_remove(&rig->store);
	journal_rig_open_store(rig);
}

void journal_rig_tap(struct journal_rig *rig, unsigned row, unsigned reaction, unsigned taps)
{
	store_row_tallies(&rig->store.store, 0, row)[reaction] += taps;
	moved_mark(merge_marks(&rig->windows.merge, 0), row);
}

void journal_rig_window(struct journal_rig *rig)
{
	rig->now_ms += 2000;
	journal_take_rows(rig->journal);
	windows_close(
		&rig->windows, (struct window_span){.ends_ms = rig->now_ms, .length_ms = 2000});
	journal_window(rig->journal, &rig->windows);
}

/* Polls until it is true; fails the test after a long time. */
static void await(struct journal_rig *rig,
	bool (*is_so)(const struct journal_status *s, const struct store *store))
{
	const struct timespec a_moment = {.tv_nsec = 200000};
	struct journal_status status;

	for (unsigned i = 0; i < 100000; i++) {
		journal_read_status(rig->journal, &status);
		if (is_so(&status, &rig->store.store))
			return;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &a_moment, NULL);
	}
	cr_assert_fail("window %lu is the last that is journalled: %s",
		(unsigned long)status.window, status.error);
}

static bool has_all(const struct journal_status *s, const struct store *store)
{
	return s->window >= store_now_shown(store)->window && !s->is_busy;
}

static bool is_free(const struct journal_status *s, const struct store *store)
{
	return !s->is_busy;
}

void journal_rig_await(struct journal_rig *rig)
{
	await(rig, has_all);
}

void journal_rig_await_free(struct journal_rig *rig)
{
	await(rig, is_free);
}

long long journal_rig_ask(const struct journal_rig *rig, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	long long value = -1;

	cr_assert_eq(sqlite3_open_v2(rig->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK, "%s: %s", sql,
		sqlite3_errmsg(db));
	int step = sqlite3_step(s);
	cr_assert(step == SQLITE_ROW || step == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
	if (step == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return value;
}

/* Each finds what must not be. */
static const char *const faults[][2] = {
	{"windows overlap",
		"SELECT window FROM (SELECT window, joins, lag(window) OVER (ORDER BY window) AS "
		"before FROM windows) WHERE before > window - joins"},
	{"the windows of an arena have a hole",
		"SELECT window FROM (SELECT window, joins, lag(window) OVER (PARTITION BY arena "
		"ORDER BY window) AS before FROM windows) WHERE before < window - joins"},
	{"windows have what the tallies do not",
		"SELECT 1 FROM (SELECT arena, channel, reaction, sum(taps) FROM counts JOIN "
		"windows "
		"USING(window) GROUP BY 1, 2, 3 EXCEPT SELECT arena, channel, reaction, sum(taps) "
		"FROM tallies GROUP BY 1, 2, 3)"},
	{"the tallies have what windows do not",
		"SELECT 1 FROM (SELECT arena, channel, reaction, sum(taps) FROM tallies GROUP BY "
		"1, "
		"2, 3 EXCEPT SELECT arena, channel, reaction, sum(taps) FROM counts JOIN windows "
		"USING(window) GROUP BY 1, 2, 3)"},
	{"moods have what counts do not",
		"SELECT 1 FROM (SELECT window, channel, taps FROM moods EXCEPT SELECT window, "
		"channel, sum(taps) FROM counts GROUP BY 1, 2)"},
	{"counts have what moods do not",
		"SELECT 1 FROM (SELECT window, channel, sum(taps) FROM counts GROUP BY 1, 2 EXCEPT "
		"SELECT window, channel, taps FROM moods)"},
	{"a total falls",
		"SELECT 1 FROM (SELECT total, taps, lag(total) OVER (PARTITION BY channel ORDER BY "
		"window) AS before FROM moods) WHERE before + taps <> total"},
	{"a total is not the last",
		"SELECT 1 FROM channels JOIN (SELECT channel, max(total) AS most FROM moods GROUP "
		"BY 1) USING(channel) WHERE total <> most"},
	{"a window has no catalogue or arena", "SELECT 1 FROM windows WHERE catalogue NOT IN "
					       "(SELECT catalogue FROM catalogues) OR "
					       "arena NOT IN (SELECT arena FROM arenas)"},
	{"counts of no window",
		"SELECT 1 FROM counts WHERE window NOT IN (SELECT window FROM windows)"},
	{"SQLite finds a fault", "SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> "
				 "'ok'"},
};

void journal_rig_check_file(const struct journal_rig *rig)
{
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		cr_assert_eq(journal_rig_ask(rig, faults[i][1]), -1, "%s", faults[i][0]);
}

void journal_rig_check(const struct journal_rig *rig)
{
	const struct store *s = &rig->store.store;
	const struct store_shown *shown = store_now_shown(s);
	char sql[256];

	journal_rig_check_file(rig);
	for (unsigned i = 0; i < store_rows_used(s) * s->stride; i++) {
		const struct store_row *row = &s->row_table[i / s->stride];

		snprintf(sql, sizeof(sql),
			"SELECT taps FROM tallies JOIN arenas USING(arena) WHERE generation = "
			"'%016lx' AND channel = %u AND began = %u AND reaction = %u",
			(unsigned long)arena_generation(s->arena), row->channel,
			store_row_began(row), i % s->stride);
		long long taps = journal_rig_ask(rig, sql);
		cr_assert_eq(taps < 0 ? 0 : (uint64_t)taps, shown->tallies[i],
			"channel %u, reaction %u: %lld in the journal, %lu shown", row->channel,
			i % s->stride, taps, (unsigned long)shown->tallies[i]);
	}
}
