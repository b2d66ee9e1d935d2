/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A file that is no good stops the start with a sentence that says what to do, and stays as it was.
 */

#include "journal_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct journal_rig rig;

static void set_up(void)
{
	journal_rig_init(&rig, 1);
}

static void tear_down(void)
{
	journal_rig_remove(&rig);
}

TestSuite(control_journal_file, .init = set_up, .fini = tear_down);

static void expect_refused(int expected, const char *words)
{
	cr_expect_eq(journal_rig_try_open(&rig), expected, "%s", rig.store.error);
	cr_expect_eq(rig.journal, NULL);
	cr_expect_neq(strstr(rig.store.error, words), NULL, "%s", rig.store.error);
	cr_expect_neq(strstr(rig.store.error, "journal /"), NULL, "%s", rig.store.error);
}

static void write_file(const char *text)
{
	FILE *f = fopen(rig.path, "w");

	cr_assert_neq(f, NULL);
	fputs(text, f);
	fclose(f);
}

static void change(const char *sql)
{
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(rig.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

Test(control_journal_file, a_folder_that_is_not_there)
{
	rig.store.config.journal.file = "/nonexistent/journal.db";
	expect_refused(-ENOENT, "its folder is not there");
}

Test(control_journal_file, what_is_no_file)
{
	rig.store.config.journal.file = "/dev/null";
	expect_refused(-EINVAL, "no regular file");
}

Test(control_journal_file, a_file_of_something_else)
{
	write_file("name: default\n# a configuration, which is long enough to have a header of "
		   "SQLite in its place, and is none, as can be seen\n");
	expect_refused(-EBADMSG, "no SQLite file");
	cr_expect_eq(access(rig.path, F_OK), 0);
}

Test(control_journal_file, a_database_of_something_else_stays_as_it_was)
{
	change("CREATE TABLE t(a); INSERT INTO t VALUES(7)");
	expect_refused(-EINVAL, "SQLite file of something else");
	cr_expect_eq(journal_rig_ask(&rig, "SELECT a FROM t"), 7);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT 1 FROM pragma_journal_mode WHERE journal_mode = "
					   "'delete'"),
		1);
}

Test(control_journal_file, a_newer_version)
{
	journal_rig_open(&rig);
	journal_rig_stop(&rig);
	change("PRAGMA user_version = 2");
	expect_refused(-EPROTO, "newer uproard (version 2");
}

Test(control_journal_file, a_table_that_is_missing)
{
	journal_rig_open(&rig);
	journal_rig_stop(&rig);
	change("DROP TABLE moods");
	expect_refused(-EINVAL, "moods");
}

Test(control_journal_file, a_damaged_file)
{
	char page[4096];
	struct stat is;

	journal_rig_open(&rig);
	for (unsigned i = 0; i < 50; i++) {
		journal_rig_tap(&rig, 0, i % 8, 1);
		journal_rig_window(&rig);
		journal_rig_await(&rig);
	}
	journal_rig_stop(&rig);
	int fd = open(rig.path, O_RDWR);
	cr_assert_eq(fstat(fd, &is), 0);
	memset(page, 0x5a, sizeof(page));
	for (off_t at = sizeof(page); at < is.st_size; at += (off_t)sizeof(page))
		cr_assert_eq(pwrite(fd, page, sizeof(page), at), sizeof(page));
	close(fd);
	cr_expect_lt(journal_rig_try_open(&rig), 0);
	cr_expect_neq(strstr(rig.store.error, "malformed"), NULL, "%s", rig.store.error);
}

Test(control_journal_file, one_that_another_process_writes)
{
	struct journal *first;

	journal_rig_open(&rig);
	first = rig.journal;
	expect_refused(-EBUSY, "another uproard writes it");
	rig.journal = first;
	journal_rig_stop(&rig);
}

Test(control_journal_file, one_that_another_program_keeps_locked)
{
	sqlite3 *db;

	journal_rig_open(&rig);
	journal_rig_stop(&rig);
	cr_assert_eq(sqlite3_open(rig.path, &db), SQLITE_OK);
	sqlite3_exec(
		db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT", NULL, NULL, NULL);
	expect_refused(-EBUSY, "another program keeps it locked");
	sqlite3_close(db);
	journal_rig_open(&rig);
	journal_rig_stop(&rig);
}

/* The same arena, and a journal that has more of it than it ever held. */
Test(control_journal_file, one_that_knows_more_than_the_arena)
{
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 0, 3, 5);
	journal_rig_window(&rig);
	journal_rig_stop(&rig);
	change("UPDATE tallies SET taps = 6");
	expect_refused(-EINVAL, "reaction 3 in channel 10");
}
