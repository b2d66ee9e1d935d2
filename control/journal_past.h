/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a start finds in the journal. If the arena is one that was journalled, the journal says to
 * the tap what it has of it; what more was shown is the gap that has to be made up for. If it is a
 * new one, because the machine was started anew, the journal knows how far the numbers of windows
 * and the totals of the channels had come.
 */
#ifndef CONTROL_JOURNAL_PAST_H
#define CONTROL_JOURNAL_PAST_H

#include "control/journal_record.h"

#include <sqlite3.h>

/*
 * Fills the baseline with what the journal has of this arena, and the record with the gap, if there
 * is one (joins is 0 if not). Numbers of windows and totals of channels move on to where the
 * journal has come. The store must be that of a start: rows are opened, and this process has shown
 * no window. 0, or -errno with a sentence.
 */
int journal_past_read(struct journal_record *gap, struct journal_baseline *b, sqlite3 *db,
	struct store *s, char *error, size_t cap);

/* The generation of the arena, as `uproar stats` and the journal show it. */
enum { JOURNAL_GENERATION_MAX = 24 };
void journal_generation(const struct store *s, char out[JOURNAL_GENERATION_MAX]);

#endif
