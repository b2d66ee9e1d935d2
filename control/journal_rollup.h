/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What becomes of old windows: they are joined to minutes, those to hours, and those to one sum. To
 * join is to add the one to the other and to take it away, in one transaction, so that each tap is
 * in exactly one window all the time, and sums stay what they were. Windows of two arenas, or of
 * two catalogues, are never joined.
 *
 * One step joins two neighbours, or finds that a window has nobody left to be joined with. It costs
 * what writing the older one did. Two after each window are enough to go on for ever; after a while
 * in which it did not run it takes more, as long as there is time.
 */
#ifndef CONTROL_JOURNAL_ROLLUP_H
#define CONTROL_JOURNAL_ROLLUP_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { JOURNAL_LEVELS = 3 }; // of windows that are joined to the next: as counted, minutes, hours

enum journal_rollup_statement {
	JOURNAL_OLDEST,
	JOURNAL_FOLLOWING,
	JOURNAL_BEFORE,
	JOURNAL_JOIN_COUNTS,
	JOURNAL_JOIN_MOODS,
	JOURNAL_JOIN_WINDOWS,
	JOURNAL_DROP_COUNTS,
	JOURNAL_DROP_MOODS,
	JOURNAL_DROP_WINDOW,
	JOURNAL_RAISE,
	JOURNAL_ROLLUP_STATEMENTS,
};

struct journal_rollup {
	sqlite3 *db; // not owned
	sqlite3_stmt *statements[JOURNAL_ROLLUP_STATEMENTS];
	uint64_t keep_ms[JOURNAL_LEVELS]; // how old each level grows; 0: for ever
	char error[160];                  // what SQLite said of the last step that failed
};

/* SQLITE_OK, or SQLite's code. */
int journal_rollup_init(struct journal_rollup *r, sqlite3 *db);
void journal_rollup_free(struct journal_rollup *r);

/*
 * Steps in one transaction: so many at the most, and none after that moment of the monotonic clock
 * (nanoseconds), but for the first two. *more: there may be further ones to do. now: Unix
 * milliseconds. SQLITE_OK, or SQLite's code, and nothing has changed.
 */
int journal_rollup_steps(
	struct journal_rollup *r, uint64_t now, unsigned steps, uint64_t until_ns, bool *more);

#endif
