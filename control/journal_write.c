/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_write.h"

#include <stdio.h>

static const char *const texts[JOURNAL_STATEMENTS] = {
	[JOURNAL_HAS_WINDOW] = "SELECT 1 FROM windows WHERE window = ?",
	[JOURNAL_ADD_WINDOW] = "INSERT INTO windows VALUES(?, ?, ?, ?, 0, ?, ?, ?)",
	[JOURNAL_ADD_MOOD] = "INSERT INTO moods VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	[JOURNAL_ADD_COUNT] = "INSERT INTO counts VALUES(?, ?, ?, ?)",
	[JOURNAL_SET_CHANNEL] = "REPLACE INTO channels VALUES(?, ?, ?)",
	[JOURNAL_ADD_TALLY] = ("INSERT INTO tallies VALUES(?, ?, ?, ?, ?) "
			       "ON CONFLICT DO UPDATE SET taps = taps + excluded.taps"),
};

int journal_writer_init(struct journal_writer *w, sqlite3 *db)
{
	int ret = SQLITE_OK;

	*w = (struct journal_writer){.db = db};
	for (unsigned i = 0; ret == SQLITE_OK && i < JOURNAL_STATEMENTS; i++)
		ret = sqlite3_prepare_v3(
			db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &w->statements[i], NULL);
	if (ret != SQLITE_OK)
		journal_writer_free(w);
	return ret;
}

void journal_writer_free(struct journal_writer *w)
{
	for (unsigned i = 0; i < JOURNAL_STATEMENTS; i++)
		sqlite3_finalize(w->statements[i]);
	*w = (struct journal_writer){0};
}

/* A statement with whole numbers, run to its first row or its end. */
static int run(sqlite3_stmt *s, const uint64_t *values, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sqlite3_bind_int64(s, (int)i + 1, (sqlite3_int64)values[i]);
	int ret = sqlite3_step(s);
	sqlite3_reset(s);
	return ret == SQLITE_DONE ? SQLITE_OK : ret;
}

#define RUN(w, statement, ...)                                           \
	run((w)->statements[statement], (const uint64_t[]){__VA_ARGS__}, \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static int begin(struct journal_writer *w)
{
	return sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
}

/* Ends the transaction as it went: all of it, or nothing and what SQLite said of it. */
static int end(struct journal_writer *w, int ret)
{
	if (ret == SQLITE_OK)
		ret = sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL);
	if (ret == SQLITE_OK)
		return ret;
	snprintf(w->error, sizeof(w->error), "%s", sqlite3_errmsg(w->db));
	if (!sqlite3_get_autocommit(w->db))
		sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
	return ret;
}

/* Statements for once, made by sqlite3_mprintf(); freed. */
static int run_text(struct journal_writer *w, char *sql)
{
	int ret = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(w->db, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	return ret;
}

static int ask(struct journal_writer *w, const char *sql, sqlite3_int64 *value)
{
	sqlite3_stmt *s = NULL;
	int ret = sqlite3_prepare_v2(w->db, sql, -1, &s, NULL);

	if (ret == SQLITE_OK && (ret = sqlite3_step(s)) == SQLITE_ROW)
		*value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ret == SQLITE_ROW ? SQLITE_OK : ret;
}

/* If it is another one than before. */
static int write_catalogue(
	struct journal_writer *w, uint64_t since, const char *document, sqlite3_int64 *catalogue)
{
	int ret = run_text(w,
		sqlite3_mprintf("INSERT INTO catalogues(since, document) SELECT %lld, %Q WHERE %Q "
				"IS NOT (SELECT document FROM catalogues "
				"ORDER BY catalogue DESC LIMIT 1)",
			since, document, document));

	return ret == SQLITE_OK ? ask(w, "SELECT max(catalogue) FROM catalogues", catalogue) : ret;
}

int journal_write_start(struct journal_writer *w, const struct journal_start *start)
{
	sqlite3_int64 arena = 0, run = 0, catalogue = 0;
	char which[96];
	int ret = begin(w);

	snprintf(which, sizeof(which), "SELECT arena FROM arenas WHERE generation = '%s'",
		start->generation);
	if (ret == SQLITE_OK)
		ret = run_text(
			w, sqlite3_mprintf("INSERT OR IGNORE INTO arenas(generation, since) "
					   "VALUES(%Q, %lld); "
					   "UPDATE runs SET outcome = 'died' WHERE outcome IS NULL",
				   start->generation, start->started));
	if (ret == SQLITE_OK)
		ret = ask(w, which, &arena);
	if (ret == SQLITE_OK)
		ret = run_text(w,
			sqlite3_mprintf("INSERT INTO runs(started, version, name, arena, window) "
					"SELECT %lld, %Q, %Q, %lld, coalesce(max(window), 0) "
					"FROM windows",
				start->started, start->version, start->name, arena));
	if (ret == SQLITE_OK)
		ret = ask(w, "SELECT max(run) FROM runs", &run);
	if (ret == SQLITE_OK)
		ret = write_catalogue(w, start->started, start->catalogue, &catalogue);
	ret = end(w, ret);
	if (ret == SQLITE_OK) {
		w->arena = arena;
		w->run = run;
		w->catalogue = catalogue;
	}
	return ret;
}

static int write_mood(
	struct journal_writer *w, const struct journal_record *r, const struct journal_row *row)
{
	sqlite3_stmt *s = w->statements[JOURNAL_ADD_MOOD];

	sqlite3_clear_bindings(s);
	if (row->has_mood) {
		if (row->reactors > 0)
			sqlite3_bind_int64(s, 5, row->reactors);
		sqlite3_bind_double(s, 6, row->score);
		sqlite3_bind_double(s, 7, row->intensity);
		sqlite3_bind_int(s, 8, row->surge);
	}
	return RUN(w, JOURNAL_ADD_MOOD, r->window, row->channel, row->taps, row->total);
}

static int write_row(
	struct journal_writer *w, const struct journal_record *r, const struct journal_row *row)
{
	int ret = write_mood(w, r, row);

	if (ret == SQLITE_OK)
		ret = RUN(w, JOURNAL_SET_CHANNEL, row->channel, r->window, row->total);
	for (unsigned i = 0; ret == SQLITE_OK && i < row->n_counts; i++) {
		const struct journal_count *c = &r->counts[row->first_count + i];

		ret = RUN(w, JOURNAL_ADD_COUNT, r->window, row->channel, c->reaction, c->taps);
		if (ret == SQLITE_OK)
			ret = RUN(w, JOURNAL_ADD_TALLY, (uint64_t)w->arena, row->channel,
				row->began, c->reaction, c->taps);
	}
	return ret;
}

static int write_window(
	struct journal_writer *w, const struct journal_record *r, sqlite3_int64 *catalogue)
{
	int ret = SQLITE_OK;

	if (r->catalogue != NULL)
		ret = write_catalogue(w, r->ends, r->catalogue, catalogue);
	if (ret == SQLITE_OK)
		ret = RUN(w, JOURNAL_ADD_WINDOW, r->window, r->ends, r->length, r->joins, r->gap,
			(uint64_t)w->arena, (uint64_t)*catalogue);
	for (unsigned i = 0; ret == SQLITE_OK && i < r->n_rows; i++)
		ret = write_row(w, r, &r->rows[i]);
	return ret;
}

/* A transaction that seemed to fail may have got into the file all the same. */
int journal_write_record(struct journal_writer *w, const struct journal_record *r)
{
	sqlite3_int64 catalogue = w->catalogue;
	int ret = begin(w);

	if (ret == SQLITE_OK)
		ret = RUN(w, JOURNAL_HAS_WINDOW, r->window);
	if (ret == SQLITE_OK)
		ret = write_window(w, r, &catalogue);
	else if (ret == SQLITE_ROW)
		ret = SQLITE_OK;
	ret = end(w, ret);
	if (ret == SQLITE_OK)
		w->catalogue = catalogue;
	return ret;
}

int journal_write_end(struct journal_writer *w, uint64_t ended, const char *outcome)
{
	return end(w,
		run_text(w,
			sqlite3_mprintf("BEGIN IMMEDIATE; UPDATE runs SET ended = %lld, outcome = "
					"%Q WHERE run = %lld",
				ended, outcome, w->run)));
}
