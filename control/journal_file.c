/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 1000 };

/* control/journal.sql, carried in the program. */
extern const unsigned char journal_schema[];
extern const unsigned long journal_schema_len;

struct attempt {
	const char *path;
	char *error;
	size_t cap;
};

__attribute__((format(printf, 3, 4))) static int refuse(
	const struct attempt *t, int ret, const char *format, ...)
{
	va_list args;
	int n = snprintf(t->error, t->cap, "journal %s: ", t->path);

	va_start(args, format);
	if (n >= 0 && (size_t)n < t->cap)
		vsnprintf(t->error + n, t->cap - (size_t)n, format, args);
	va_end(args);
	return ret;
}

static int refuse_by_errno(const struct attempt *t, int error)
{
	if (error == ENOENT || error == ENOTDIR)
		return refuse(t, -error,
			"its folder is not there: make it, or name another file in journal.file");
	if (error == EACCES || error == EPERM || error == EROFS)
		return refuse(t, -error,
			"%s: the user that runs uproard must be able to write the file and its "
			"folder",
			strerror(error));
	if (error == EISDIR)
		return refuse(t, -error, "it is a folder: name a file in journal.file");
	return refuse(t, -error, "%s", strerror(error));
}

static int refuse_by_sqlite(const struct attempt *t, sqlite3 *db)
{
	int system = sqlite3_system_errno(db);

	if (system == ENOSPC || system == EDQUOT ||
		sqlite3_extended_errcode(db) == SQLITE_IOERR_SHMSIZE)
		return refuse(t, -ENOSPC, "the disk is full: make room for its -wal and -shm");
	switch (sqlite3_extended_errcode(db) & 0xff) {
	case SQLITE_NOTADB:
		return refuse(t, -EBADMSG,
			"it is no SQLite file: name another one in journal.file, or move it away");
	case SQLITE_CORRUPT:
		return refuse(t, -EBADMSG, "it is damaged (%s)" JOURNAL_DAMAGED_ADVICE,
			sqlite3_errmsg(db));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return refuse(t, -EBUSY,
			"another program keeps it locked: end that program, or its transaction");
	case SQLITE_FULL:
		return refuse(t, -ENOSPC, "the disk is full: make room");
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return refuse(t, -EACCES,
			"%s: the user that runs uproard must be able to write the file, its -wal "
			"and -shm and its folder",
			sqlite3_errmsg(db));
	default:
		return refuse(t, -EIO, "%s", sqlite3_errmsg(db));
	}
}

static int take_lock(const struct attempt *t, int *lock)
{
	struct stat is;

	*lock = open(t->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
	if (*lock < 0)
		return refuse_by_errno(t, errno);
	if (fstat(*lock, &is) < 0 || !S_ISREG(is.st_mode))
		return refuse(t, -EINVAL, "it is no regular file");
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return refuse_by_errno(t, errno);
	return refuse(t, -EBUSY,
		"another uproard writes it: stop that one, or name another file in journal.file");
}

/* The first value of a query as a number, or -1: SQLite knows why. */
static sqlite3_int64 ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	sqlite3_int64 value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	return sqlite3_finalize(s) == SQLITE_OK ? value : -1;
}

/* All or nothing: a file without tables is a new one. */
static int make_tables(const struct attempt *t, sqlite3 *db)
{
	char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %.*s; PRAGMA application_id = %d; "
				    "PRAGMA user_version = %d; COMMIT",
		(int)journal_schema_len, (const char *)journal_schema, JOURNAL_APPLICATION,
		JOURNAL_SCHEMA);
	int ret = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	return ret == SQLITE_OK ? 0 : refuse_by_sqlite(t, db);
}

/* 1: a new file; 0: a journal of ours. Changes nothing, for it may be somebody else's. */
static int look_at(const struct attempt *t, sqlite3 *db)
{
	sqlite3_int64 tables = ask(db, "SELECT count(*) FROM sqlite_schema");
	sqlite3_int64 application = ask(db, "PRAGMA application_id");
	sqlite3_int64 version = ask(db, "PRAGMA user_version");

	if (tables < 0 || application < 0 || version < 0)
		return refuse_by_sqlite(t, db);
	if (tables == 0 && application == 0)
		return 1;
	if (application != JOURNAL_APPLICATION)
		return refuse(t, -EINVAL,
			"it is an SQLite file of something else: name another one in journal.file");
	if (version != JOURNAL_SCHEMA)
		return refuse(t, -EPROTO,
			"it was written by a newer uproard (version %lld of its tables; this one "
			"knows %d): start that one, or name another file in journal.file",
			version, JOURNAL_SCHEMA);
	return 0;
}

static int set_up(const struct attempt *t, sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	bool wal = false;

	if (sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &s, NULL) == SQLITE_OK &&
		sqlite3_step(s) == SQLITE_ROW)
		wal = strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
	if (sqlite3_finalize(s) != SQLITE_OK)
		return refuse_by_sqlite(t, db);
	if (!wal)
		return refuse(t, -ENOTSUP,
			"its file system has no shared memory for SQLite's WAL: name a file on a "
			"local disk in journal.file");
	if (sqlite3_exec(db,
		    "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; "
		    "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864",
		    NULL, NULL, NULL) != SQLITE_OK)
		return refuse_by_sqlite(t, db);
	return 0;
}

int journal_file_open(struct journal_file *f, const char *path, char *error, size_t cap)
{
	const struct attempt t = {path, error, cap};
	int ret, is_new = 0;

	*f = (struct journal_file){.lock = -1};
	ret = take_lock(&t, &f->lock);
	if (ret == 0 && sqlite3_open_v2(path, &f->db,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
				NULL) != SQLITE_OK)
		ret = refuse_by_sqlite(&t, f->db);
	if (ret == 0) {
		sqlite3_busy_timeout(f->db, BUSY_MS);
		is_new = look_at(&t, f->db);
		ret = is_new < 0 ? is_new : set_up(&t, f->db);
	}
	if (ret == 0 && is_new)
		ret = make_tables(&t, f->db);
	if (ret < 0)
		journal_file_close(f);
	return ret;
}

void journal_file_close(struct journal_file *f)
{
	sqlite3_close(f->db);
	if (f->lock >= 0)
		close(f->lock);
	*f = (struct journal_file){.lock = -1};
}

uint64_t journal_file_size(const struct journal_file *f)
{
	const char *wal = sqlite3_filename_wal(sqlite3_db_filename(f->db, "main"));
	struct stat main_file, wal_file;

	if (fstat(f->lock, &main_file) < 0)
		return 0;
	return (uint64_t)main_file.st_size +
	       (stat(wal, &wal_file) == 0 ? (uint64_t)wal_file.st_size : 0);
}

bool journal_file_is_gone(const struct journal_file *f)
{
	struct stat is;

	return fstat(f->lock, &is) == 0 && is.st_nlink == 0;
}
