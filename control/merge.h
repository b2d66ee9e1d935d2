/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The end of a window: what each tally has grown by since the window before, over all workers. The
 * workers are not stopped and not asked; however late this runs, nothing is lost.
 *
 * Of the tallies only rows are read that a worker has marked (dataplane/moved.h), and of what was
 * shown only rows are written that moved in this window or the last: the two states are written in
 * turn, and what has not moved for two windows is in both. The first window of a process reads and
 * writes all.
 */
#ifndef CONTROL_MERGE_H
#define CONTROL_MERGE_H

#include "control/store.h"

struct merge {
	struct store *store;
	bool *marks;          // [workers][rows_marked]; workers: wo, control: rw
	uint32_t rows_marked; // rows, rounded up to whole cache lines
	bool first;           // nothing has been committed yet
	/* By row, a bit for each worker that moved it: since the last window, and in that. */
	uint64_t *moved;
	uint64_t *moved_before;
	/* By row: has a channel below it brought taps? In this window, and in the last. */
	bool *brought;
	bool *brought_before;
	uint64_t *counts; // [stride]: of the row that was asked for last
};

/* 0 or -ENOMEM. */
int merge_init(struct merge *m, struct store *s);
void merge_free(struct merge *m);

/* The marks of a worker, by row. */
static inline bool *merge_marks(const struct merge *m, unsigned worker)
{
	return m->marks + (size_t)worker * m->rows_marked;
}

/*
 * Begins a window: the state that is now moved on, with merge_row() of each row in use, becomes
 * valid with merge_commit(). A process that is killed before has shown the window to nobody, and
 * the next one shows its taps.
 */
void merge_begin(struct merge *m);

/* Growth of each reaction in the row since the last window; NULL: it has not moved. */
const uint64_t *merge_row(struct merge *m, unsigned row);

/* Workers that may have counted people of this row in this window: a bit each. */
static inline uint64_t merge_movers(const struct merge *m, unsigned row)
{
	return m->moved[row] | m->moved_before[row];
}

/* The window of the row shows these taps of channels below it. Once a row and window. */
void merge_below(struct merge *m, unsigned row, const uint64_t *counts);

/* The window of the row shows so many taps, its own and others: what it has shown in all. */
uint64_t merge_total(struct merge *m, unsigned row, uint64_t taps);

void merge_commit(struct merge *m, uint64_t window, uint64_t ends_ms);

#endif
