/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The journal (docs/journal.md): each window in an SQLite file, by a thread of its own.
 *
 * When a window ends and that thread is free, it is handed what was shown since the last time; when
 * it is not, because the disk is slow, full or gone, nothing happens, and the next record has more
 * windows in it. So the disk delays no frame, and what it does not take stays in the arena, where a
 * later start finds it.
 *
 * The file itself says what it holds of the arena (table tallies), so after a kill at any moment
 * each tap is in exactly one window of it.
 */
#ifndef CONTROL_JOURNAL_H
#define CONTROL_JOURNAL_H

#include "control/journal_keeper.h"
#include "control/windows.h"

struct journal;

/*
 * Opens the file, and reads what it has of this arena. The store must have its rows, and no window
 * shown by this process; its numbers and totals move on to those of the journal. *out is NULL if no
 * journal is configured. 0, or -errno with a sentence.
 */
int journal_open(struct journal **out, const struct config *config, struct store *s, char *error,
	size_t cap);

/*
 * Starts the thread, with what the file lacks, on the CPUs of the caller: when the workers have
 * theirs. 0, or -errno with a sentence.
 */
int journal_start(struct journal *j, char *error, size_t cap);

/* Before a window is closed: totals of channels that were opened in it go on from the journal. */
void journal_take_rows(struct journal *j);

/* A window was closed. Takes microseconds, and a little more for each channel that grew. */
void journal_window(struct journal *j, const struct windows *w);

/* From the next window on the catalogue is that of this configuration. 0 or -ENOMEM. */
int journal_take_catalogue(struct journal *j, const struct config *config);

/*
 * Ends it, within some seconds. orderly: all windows were closed, and the last of them is waited
 * for; what the disk does not take in that time is said, and goes into the file at the next start.
 */
void journal_close(struct journal *j, const struct windows *w, bool orderly);

/* The file, which stays the same until a restart. */
const char *journal_path(const struct journal *j);

/* Without a journal all is zero, and false. */
bool journal_read_status(struct journal *j, struct journal_status *out);

#endif
