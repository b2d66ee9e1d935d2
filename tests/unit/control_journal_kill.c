/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A process that is killed at any moment, with the arena kept or lost: each tap is in exactly one
 * window of the journal, window numbers rise, totals never fall. UPROAR_KILLS=300 kills so often.
 */

#include "faulty_disk.h"
#include "journal_rig.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 30, KILL_WITHIN_US = 20000, LOSE_ONE_IN = 6, NEVER = 1 << 30 };

static struct journal_rig rig;

/*
 * Windows as fast as they go, from the opening of the arena on. Old ones are joined, all the time.
 * From some window on the disk fails when it has written: what is there then was never confirmed.
 */
static void run_until_killed(unsigned fails_at)
{
	journal_rig_open_store(&rig);
	journal_rig_open(&rig);
	for (unsigned i = 0;; i++) {
		for (unsigned row = 0; row < 3; row++)
			journal_rig_tap(&rig, row, (i + row) % JOURNAL_RIG_REACTIONS, 1 + i % 5);
		if (i == fails_at)
			faulty_disk_set(DISK_SYNC_FAILS);
		journal_rig_window(&rig);
	}
}

static void kill_once(unsigned after_us, unsigned fails_at)
{
	const struct timespec life = {.tv_nsec = 1000L * after_us};

	store_rig_close(&rig.store);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0)
		run_until_killed(fails_at);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &life, NULL);
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	journal_rig_open_store(&rig);
}

static void check_what_is_left(void)
{
	journal_rig_open(&rig);
	journal_rig_await(&rig);
	journal_rig_check(&rig);
	journal_rig_stop(&rig);
}

Test(control_journal_kill, each_tap_is_in_exactly_one_window)
{
	const char *wanted = getenv("UPROAR_KILLS");
	unsigned kills = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : KILLS;
	struct seeded_random r = seeded_random_new("control_journal_kill");

	faulty_disk_install();
	journal_rig_init(&rig, 3);
	rig.store.config.journal.keep_windows_hours = 1;
	rig.store.config.journal.keep_minutes_days = 1;
	rig.store.config.journal.keep_hours_days = 1;
	for (unsigned i = 0; i < kills; i++) {
		kill_once(random_below(&r, KILL_WITHIN_US),
			random_below(&r, 2) == 0 ? NEVER : random_below(&r, 200));
		if (random_below(&r, LOSE_ONE_IN) == 0) {
			if (access(rig.path, F_OK) == 0 &&
				journal_rig_ask(&rig, "PRAGMA user_version") > 0)
				journal_rig_check_file(&rig);
			journal_rig_lose_arena(&rig);
		} else if (i % 4 == 3) {
			check_what_is_left();
			journal_rig_reopen_store(&rig);
		}
	}
	check_what_is_left();
	fprintf(stderr,
		"# %u kills, %lld windows in %lld rows, %lld taps, %lld arenas, %lld gaps\n", kills,
		journal_rig_ask(&rig, "SELECT sum(joins) FROM windows"),
		journal_rig_ask(&rig, "SELECT count(*) FROM windows"),
		journal_rig_ask(&rig, "SELECT sum(taps) FROM counts"),
		journal_rig_ask(&rig, "SELECT count(*) FROM arenas"),
		journal_rig_ask(&rig, "SELECT sum(gap) FROM windows"));
	cr_expect_gt(journal_rig_ask(&rig, "SELECT sum(taps) FROM counts"), 0);
	journal_rig_remove(&rig);
}
