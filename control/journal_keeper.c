/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_keeper.h"

#include "control/log.h"
#include "control/window_clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	FIRST_PAUSE_MS = 250, // before the next attempt; then twice as long each time
	LAST_PAUSE_MS = 4000,
	SILENCE_MS = 60000, // between two complaints
	ROLLUP_STEPS = 16,  // after each record
	ROLLUP_SHARE = 8,   // of a window, for them
};

static uint64_t now_ms(void)
{
	return window_clock_read().monotonic / 1000000;
}

static struct timespec after_ms(uint64_t ms)
{
	uint64_t at = window_clock_read().monotonic + ms * 1000000;

	return (struct timespec){(time_t)(at / 1000000000), (long)(at % 1000000000)};
}

/* A job that does not succeed at once. */
struct trouble {
	uint64_t since; // milliseconds; 0: none yet
	uint64_t said;
};

static void note_failure(struct journal_keeper *k, struct trouble *t)
{
	const char *what = k->writer.error;
	uint64_t now = now_ms();

	pthread_mutex_lock(&k->lock);
	k->status.errors++;
	snprintf(k->status.error, sizeof(k->status.error), "%s", what);
	pthread_mutex_unlock(&k->lock);
	if (t->since == 0)
		LOG_WARNING("the journal cannot be written: %s. It is tried again; windows go on, "
			    "and nothing is lost while the arena is there",
			what);
	else if (now - t->said >= SILENCE_MS)
		LOG_WARNING("the journal has not been written for %lu s: %s",
			(unsigned long)((now - t->since) / 1000), what);
	else
		return;
	t->said = now;
	if (t->since == 0)
		t->since = now;
}

static void note_success(struct journal_keeper *k, const struct trouble *t, uint64_t took_us)
{
	uint64_t size = journal_file_size(&k->file);

	pthread_mutex_lock(&k->lock);
	k->status.error[0] = '\0';
	k->status.commit_us = took_us;
	k->status.size = size;
	pthread_mutex_unlock(&k->lock);
	if (t->since != 0)
		LOG_NOTICE("the journal is written again, after %lu ms",
			(unsigned long)(now_ms() - t->since));
}

/* A file that somebody has removed takes everything, and is gone at the end. */
static int attempt(struct journal_keeper *k, int (*write)(struct journal_keeper *k))
{
	if (!journal_file_is_gone(&k->file))
		return write(k);
	snprintf(k->writer.error, sizeof(k->writer.error),
		"its file was removed: put it back and start anew, or start anew with an empty "
		"one, which then gets what the arena holds");
	return SQLITE_IOERR;
}

/* Tries until it succeeds. When control wants to end, one more attempt is the last; false then. */
static bool persist(struct journal_keeper *k, int (*write)(struct journal_keeper *k))
{
	struct trouble trouble = {0};

	for (uint64_t pause = FIRST_PAUSE_MS;; pause = 2 * pause) {
		bool is_last = atomic_load(&k->outcome) != JOURNAL_RUNS;
		uint64_t begun = window_clock_read().monotonic;

		if (attempt(k, write) == SQLITE_OK) {
			note_success(k, &trouble, (window_clock_read().monotonic - begun) / 1000);
			return true;
		}
		note_failure(k, &trouble);
		if (is_last)
			return false;
		if (pause > LAST_PAUSE_MS)
			pause = LAST_PAUSE_MS;
		const struct timespec until = after_ms(pause);
		sem_clockwait(&k->wake, CLOCK_MONOTONIC, &until);
	}
}

static int write_start(struct journal_keeper *k)
{
	return journal_write_start(&k->writer, &k->start);
}

static int write_record(struct journal_keeper *k)
{
	return journal_write_record(&k->writer, &k->record);
}

static int write_end(struct journal_keeper *k)
{
	return journal_write_end(&k->writer, window_clock_read().wall / 1000000,
		atomic_load(&k->outcome) == JOURNAL_STOPPED ? "stopped" : "failed");
}

/* What is in the file is noted in the arena, and the record is control's again. */
static void give_back(struct journal_keeper *k)
{
	const struct journal_record *r = &k->record;

	pthread_mutex_lock(&k->lock);
	k->status.window = r->window;
	k->status.ends = r->ends;
	k->status.written += r->joins;
	k->status.joined += r->joins - 1;
	if (!k->is_alone) {
		struct store_journalled *arena = k->store->journalled;

		for (unsigned i = 0; i < r->n_rows; i++)
			arena->rows[r->rows[i].row] += r->rows[i].own;
		arena->ends = r->ends;
		arena->window = r->window;
	}
	pthread_mutex_unlock(&k->lock);
	if (r->joins > 1)
		LOG_INFO("%lu windows to number %lu are journalled as one", (unsigned long)r->joins,
			(unsigned long)r->window);
	atomic_store(&k->is_full, false);
	sem_post(&k->freed);
}

/* A failure is tried again after the next window; it concerns what is in the file already. */
static void roll_up(struct journal_keeper *k)
{
	const struct window_now now = window_clock_read();
	uint64_t until = now.monotonic + 1000000ull * k->window_ms / ROLLUP_SHARE;
	bool more;

	if (journal_rollup_steps(&k->rollup, now.wall / 1000000, ROLLUP_STEPS, until, &more) ==
		SQLITE_OK)
		return;
	pthread_mutex_lock(&k->lock);
	k->status.errors++;
	snprintf(k->status.error, sizeof(k->status.error), "%s", k->rollup.error);
	pthread_mutex_unlock(&k->lock);
}

static bool keep(struct journal_keeper *k)
{
	if (!persist(k, write_start))
		return false;
	for (;;) {
		if (atomic_load(&k->is_full)) {
			if (!persist(k, write_record))
				return false;
			give_back(k);
			roll_up(k);
		} else if (atomic_load(&k->outcome) != JOURNAL_RUNS) {
			return persist(k, write_end);
		} else {
			sem_wait(&k->wake);
		}
	}
}

static void *run(void *context)
{
	struct journal_keeper *k = context;

	k->ended_whole = keep(k);
	return NULL;
}

int journal_keeper_start(struct journal_keeper *k)
{
	atomic_init(&k->outcome, JOURNAL_RUNS);
	k->status.size = journal_file_size(&k->file);
	if (sem_init(&k->wake, 0, 0) < 0 || sem_init(&k->freed, 0, 0) < 0)
		return -errno;
	int ret = pthread_mutex_init(&k->lock, NULL);
	if (ret == 0)
		ret = pthread_create(&k->thread, NULL, run, k);
	if (ret == 0)
		pthread_setname_np(k->thread, "journal");
	return -ret;
}

bool journal_keeper_is_free(struct journal_keeper *k)
{
	return !atomic_load(&k->is_full);
}

void journal_keeper_hand_over(struct journal_keeper *k)
{
	while (sem_trywait(&k->freed) == 0) // of the record before
		;
	atomic_store(&k->is_full, true);
	sem_post(&k->wake);
}

bool journal_keeper_await_free(struct journal_keeper *k, const struct timespec *until)
{
	while (!journal_keeper_is_free(k)) {
		if (sem_clockwait(&k->freed, CLOCK_MONOTONIC, until) < 0 && errno == ETIMEDOUT)
			return journal_keeper_is_free(k);
	}
	return true;
}

bool journal_keeper_end(
	struct journal_keeper *k, enum journal_outcome outcome, const struct timespec *until)
{
	atomic_store(&k->outcome, outcome);
	sem_post(&k->wake);
	if (pthread_clockjoin_np(k->thread, NULL, CLOCK_MONOTONIC, until) == 0)
		return true;
	pthread_mutex_lock(&k->lock);
	k->is_alone = true;
	pthread_mutex_unlock(&k->lock);
	return false;
}

void journal_keeper_read_status(struct journal_keeper *k, struct journal_status *out)
{
	pthread_mutex_lock(&k->lock);
	*out = k->status;
	pthread_mutex_unlock(&k->lock);
	out->is_busy = !journal_keeper_is_free(k);
}
