/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The thread that writes the journal. It has room for one record: control fills it while it is
 * free and hands it over; the thread writes it, as often as it takes, and gives it back. What it
 * says about failures is little, and it never waits for control, nor control for it.
 */
#ifndef CONTROL_JOURNAL_KEEPER_H
#define CONTROL_JOURNAL_KEEPER_H

#include "control/journal_file.h"
#include "control/journal_record.h"
#include "control/journal_rollup.h"
#include "control/journal_write.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { JOURNAL_ERROR_MAX = 160 };

/* What became of the run. */
enum journal_outcome { JOURNAL_RUNS, JOURNAL_STOPPED, JOURNAL_FAILED };

struct journal_status {
	uint64_t window;               // the last one in the file; 0: none
	uint64_t ends;                 // its end, Unix milliseconds
	uint64_t written;              // windows, since this start
	uint64_t joined;               // of them, those that share a row with the one before
	uint64_t errors;               // transactions that failed, since this start
	uint64_t commit_us;            // what the last one took
	uint64_t size;                 // bytes of the file
	bool is_busy;                  // a window that ends now is joined to the next
	char error[JOURNAL_ERROR_MAX]; // what keeps it from writing now; "": nothing
};

struct journal_keeper {
	struct journal_file file;
	struct journal_writer writer;
	struct journal_rollup rollup;
	struct journal_start start;
	struct store *store;
	unsigned window_ms;
	struct journal_record record; // control: rw while it is free; thread: ro while it is not
	atomic_bool is_full;          // control sets it, the thread clears it
	_Atomic enum journal_outcome outcome; // control: wo
	sem_t wake;                           // the thread: there is something to do
	sem_t freed;                          // control: the record is free again
	pthread_t thread;
	bool ended_whole; // everything that was handed over is in the file; valid after the thread

	pthread_mutex_t lock; // of what follows; held for moments
	struct journal_status status;
	bool is_alone; // control has gone on without it: the arena is not to be touched any more
};

/* file, writer, rollup, start, store, window_ms, record and status are set. 0 or -errno. */
int journal_keeper_start(struct journal_keeper *k);

/* Is the record free? Then control may fill it and hand it over. */
bool journal_keeper_is_free(struct journal_keeper *k);
void journal_keeper_hand_over(struct journal_keeper *k);

/* Waits until the record is free, or until that moment of the monotonic clock. */
bool journal_keeper_await_free(struct journal_keeper *k, const struct timespec *until);

/*
 * The thread ends, after a last attempt. True: it has. False: it is stuck in the disk; it is left
 * alone, with the keeper, which must not be freed.
 */
bool journal_keeper_end(
	struct journal_keeper *k, enum journal_outcome outcome, const struct timespec *until);

void journal_keeper_read_status(struct journal_keeper *k, struct journal_status *out);

#endif
