/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A disk that is full, stalled or broken, and a file that is locked or gone: windows go on, and
 * when it is over, nothing is missing.
 */

#include "faulty_disk.h"
#include "journal_rig.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct journal_rig rig;

static void set_up(void)
{
	faulty_disk_install();
	journal_rig_init(&rig, 2);
	journal_rig_open(&rig);
	journal_rig_tap(&rig, 0, 0, 1);
	journal_rig_window(&rig);
	journal_rig_await(&rig);
}

static void tear_down(void)
{
	journal_rig_remove(&rig);
}

TestSuite(control_journal_faults, .init = set_up, .fini = tear_down, .timeout = 60);

static void close_windows(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		journal_rig_tap(&rig, i % 2, i % JOURNAL_RIG_REACTIONS, 1 + i);
		journal_rig_window(&rig);
	}
}

static struct journal_status status_of(void)
{
	struct journal_status status;

	journal_read_status(rig.journal, &status);
	return status;
}

/* Two rows more than before: the window that the disk did not take, and all behind it. */
static void expect_all_there(unsigned rows)
{
	journal_rig_await_free(&rig);
	close_windows(1);
	journal_rig_await(&rig);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM windows"), rows);
	cr_expect_str_eq(status_of().error, "");
	cr_expect_eq(status_of().written, status_of().joined + rows);
	journal_rig_check(&rig);
}

static void expect_tried_again(enum faulty_disk fault, const char *words)
{
	faulty_disk_set(fault);
	close_windows(1);
	while (status_of().errors == 0)
		usleep(1000);
	cr_expect_neq(strstr(status_of().error, words), NULL, "%s", status_of().error);
	close_windows(6);
	cr_expect_eq(status_of().window, rig.windows.number - 7);
	cr_expect(status_of().is_busy);
	faulty_disk_set(DISK_SOUND);
	expect_all_there(3);
	journal_rig_stop(&rig);
}

Test(control_journal_faults, a_full_disk_is_tried_again)
{
	expect_tried_again(DISK_FULL, "full");
}

Test(control_journal_faults, a_broken_disk_is_tried_again)
{
	expect_tried_again(DISK_SYNC_FAILS, "I/O");
}

Test(control_journal_faults, a_stalled_disk_holds_nobody_up)
{
	faulty_disk_set(DISK_STALLED);
	close_windows(20);
	cr_expect_eq(status_of().window, rig.windows.number - 20);
	cr_expect(status_of().is_busy);
	faulty_disk_set(DISK_SOUND);
	expect_all_there(3);
	journal_rig_stop(&rig);
}

Test(control_journal_faults, a_lock_of_another_program_is_waited_for)
{
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(rig.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	close_windows(1);
	while (status_of().errors == 0)
		usleep(1000);
	cr_expect_neq(strstr(status_of().error, "locked"), NULL, "%s", status_of().error);
	close_windows(5);
	sqlite3_close(db);
	expect_all_there(3);
	journal_rig_stop(&rig);
}

/* It would take everything to its grave: so nothing counts as journalled, and the arena keeps it.
 */
Test(control_journal_faults, a_file_that_was_removed_takes_nothing)
{
	unlink(rig.path);
	close_windows(3);
	while (status_of().errors == 0)
		usleep(1000);
	cr_expect_neq(strstr(status_of().error, "removed"), NULL, "%s", status_of().error);
	cr_expect_eq(rig.store.store.journalled->window, rig.windows.number - 3);
	journal_rig_stop(&rig);
	journal_rig_reopen_store(&rig);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

/* In a process of its own, which ends with the thread still waiting for the disk. */
Test(control_journal_faults, a_stalled_disk_does_not_hold_up_the_end)
{
	journal_rig_stop(&rig);
	store_rig_close(&rig.store);
	pid_t child = fork();
	if (child == 0) {
		journal_rig_open_store(&rig);
		journal_rig_open(&rig);
		while (journal_rig_ask(&rig, "SELECT count(*) FROM runs") < 2)
			usleep(1000);
		faulty_disk_set(DISK_STALLED);
		close_windows(5);
		journal_rig_stop(&rig);
		store_rig_close(&rig.store);
		_exit(0);
	}
	int status;
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect_eq(status, 0);
	journal_rig_open_store(&rig);
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	cr_expect_geq(journal_rig_ask(&rig, "SELECT count(*) FROM windows WHERE gap"), 1);
	cr_expect_eq(journal_rig_ask(&rig, "SELECT count(*) FROM runs WHERE outcome = 'died'"), 1);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}
