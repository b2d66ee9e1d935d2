/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The journal's file: SQLite in WAL mode, so that others read while it is written. One uproard
 * writes it at a time. control/journal.sql is what lies in it.
 *
 * synchronous is FULL: when a transaction has ended, it outlives a power failure. The arena does
 * not, so what NORMAL would lose then would be lost for good. The price is one fsync() a window,
 * on a thread that nobody waits for.
 */
#ifndef CONTROL_JOURNAL_FILE_H
#define CONTROL_JOURNAL_FILE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JOURNAL_SCHEMA = 1, JOURNAL_APPLICATION = 0x7570726a };

/* What to do about a file that is damaged. */
#define JOURNAL_DAMAGED_ADVICE                                                                \
	": put a backup in its place, or move it away and begin a new one; what is still in " \
	"the arena goes into either"

struct journal_file {
	sqlite3 *db;
	int lock; // descriptor of the same file; closing it earlier would drop SQLite's own locks
};

/* Opens or makes it. 0, or -errno with a sentence that says what to do. */
int journal_file_open(struct journal_file *f, const char *path, char *error, size_t cap);
void journal_file_close(struct journal_file *f);

/* Bytes, with what has not come from the WAL yet. 0 if that cannot be found out. */
uint64_t journal_file_size(const struct journal_file *f);

/* Has somebody removed the file? Then what is written to it is lost at the end. */
bool journal_file_is_gone(const struct journal_file *f);

#endif
