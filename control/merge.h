/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The end of a window: what each tally has grown by since the window before, over all workers. The
 * workers are not stopped and not asked; however late this runs, nothing is lost.
 */
#ifndef CONTROL_MERGE_H
#define CONTROL_MERGE_H

#include "control/store.h"

struct merge {
	struct store *store;
	uint64_t *counts; // [stride]: of the row that was asked for last
};

/* 0 or -ENOMEM. */
int merge_init(struct merge *m, struct store *s);
void merge_free(struct merge *m);

/*
 * Begins a window: the state that merge_row() moves on becomes valid with merge_commit(). A process
 * that is killed before has shown the window to nobody, and the next one shows its taps.
 */
void merge_begin(struct merge *m);

/* Growth of each reaction in the row since the last window; *total: taps of all its windows. */
const uint64_t *merge_row(struct merge *m, unsigned row, uint64_t *total);

void merge_commit(struct merge *m, uint64_t window, uint64_t ends_ms);

#endif
