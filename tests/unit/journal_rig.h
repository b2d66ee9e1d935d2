/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A journal beside a store on a real arena: both in folders of their own, so that what a start
 * finds is what the process before left.
 */
#ifndef TESTS_JOURNAL_RIG_H
#define TESTS_JOURNAL_RIG_H

#include "control/journal.h"
#include "store_rig.h"

enum { JOURNAL_RIG_ROWS = 8, JOURNAL_RIG_REACTIONS = 8 };

struct journal_rig {
	struct store_rig store;
	char path[128];
	struct journal *journal;
	struct windows windows;
	uint64_t now_ms; // of the last window
};

/* Channels 10 to 10 + n - 1 in a new arena; no journal yet. */
void journal_rig_init(struct journal_rig *rig, unsigned channels);
void journal_rig_remove(struct journal_rig *rig);

int journal_rig_try_open(struct journal_rig *rig);
void journal_rig_open(struct journal_rig *rig); // fails the test with the sentence

/* A process without a journal. */
void journal_rig_open_windows(struct journal_rig *rig);

/* An orderly end. */
void journal_rig_stop(struct journal_rig *rig);

/* The next process: the arena as it is, with the rows that are configured. */
void journal_rig_open_store(struct journal_rig *rig);
void journal_rig_reopen_store(struct journal_rig *rig);

/* The machine starts anew: another arena with the same channels. */
void journal_rig_lose_arena(struct journal_rig *rig);

void journal_rig_tap(struct journal_rig *rig, unsigned row, unsigned reaction, unsigned taps);

/* A window of two seconds is closed, and told to the journal. */
void journal_rig_window(struct journal_rig *rig);

/* Waits until the journal has the last window, which it was free for when that was closed. */
void journal_rig_await(struct journal_rig *rig);

/* Waits until it is free for the next. */
void journal_rig_await_free(struct journal_rig *rig);

/* The first value that a query gives, read by a connection of its own; -1: none. */
long long journal_rig_ask(const struct journal_rig *rig, const char *sql);

/* Whatever happened, what the file says of itself is so: nothing twice, nothing torn. */
void journal_rig_check_file(const struct journal_rig *rig);

/* And each tap that this arena has shown is in it. */
void journal_rig_check(const struct journal_rig *rig);

#endif
