/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The transactions of the journal. Each is all or nothing, and may be tried again until it
 * succeeds: what has got into the file is not written a second time.
 *
 * They return SQLITE_OK, or SQLite's extended code with its words in the writer.
 */
#ifndef CONTROL_JOURNAL_WRITE_H
#define CONTROL_JOURNAL_WRITE_H

#include "control/journal_record.h"

#include <sqlite3.h>

enum journal_statement {
	JOURNAL_HAS_WINDOW,
	JOURNAL_ADD_WINDOW,
	JOURNAL_ADD_MOOD,
	JOURNAL_ADD_COUNT,
	JOURNAL_SET_CHANNEL,
	JOURNAL_ADD_TALLY,
	JOURNAL_STATEMENTS,
};

/* Who writes. */
struct journal_start {
	uint64_t started; // Unix milliseconds
	const char *version;
	char name[CONFIG_NAME_MAX + 1];
	char generation[24]; // of the arena, as `uproar stats` shows it
	const char *catalogue;
};

struct journal_writer {
	sqlite3 *db; // not owned
	sqlite3_stmt *statements[JOURNAL_STATEMENTS];
	sqlite3_int64 arena, run, catalogue; // 0: not known yet
	char error[160];                     // what SQLite said of the last that failed
};

/* Prepares the statements, which fails if tables are missing. */
int journal_writer_init(struct journal_writer *w, sqlite3 *db);
void journal_writer_free(struct journal_writer *w);

/* The start of a run; runs before it that have no end died. */
int journal_write_start(struct journal_writer *w, const struct journal_start *start);

/* A record; in the same transaction the sums of the arena that it is from. */
int journal_write_record(struct journal_writer *w, const struct journal_record *r);

/* The end of the run. */
int journal_write_end(struct journal_writer *w, uint64_t ended, const char *outcome);

#endif
