/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Windows: what the workers counted since the last one, merged, scored and numbered. The first of
 * the two seams of control is here: a window is finished (windows_close() returned), and whoever
 * keeps, shows or forwards it reads it from this structure.
 *
 * The window of a channel has what itself and all channels below it have counted (channel_tree.h).
 * A tap is in the ledger once, by the row that it was counted in.
 */
#ifndef CONTROL_WINDOWS_H
#define CONTROL_WINDOWS_H

#include "control/channel_tree.h"
#include "control/merge.h"
#include "control/mood.h"
#include "control/window_clock.h"
#include "control/window_sum.h"
#include "fanout/histogram.h"

struct windows {
	struct mood_rules rules;
	struct merge merge;
	struct channel_tree tree; // of rows; none in order: to be made again
	struct window_sum *sums;  // [rows + 1], by depth: what came from below
	uint64_t *counts;         // of the sums, [rows + 1][stride]; touched as deep as the tree is
	struct mood_memory *memory; // by row, in the arena
	struct frame *last;         // by row: the newest frame of each channel
	/* By row: who reacted in the last window that had taps; NULL: not kept. */
	struct hyperloglog *people;
	uint64_t number;         // of the last window; 0: none yet
	uint64_t taps;           // in the last window, all channels, each once
	struct window_span span; // of the last window
	struct histogram late;   // how late they were closed
};

/* Before workers start. 0 or -errno. The weights of the rules, and store, must outlive
 * it. */
int windows_init(struct windows *w, struct mood_rules rules, struct store *store);
void windows_free(struct windows *w);

/* From the next window on the registers are kept. 0 or -ENOMEM. */
int windows_keep_people(struct windows *w);

/*
 * What a row has had in all windows of this arena that were finished, with what channels below it
 * had: by reaction, as many as the store has. It never falls, and it goes on in the next process.
 */
void windows_counted(const struct windows *w, unsigned row, uint64_t *counts);

/*
 * Whose parents these channels have, from the next window on; their rows are open. Others keep
 * theirs: the last taps of a channel that was closed still come into its parent's window.
 */
void windows_set_parents(struct windows *w, const struct config_channel *channels, unsigned n);

/* Finishes the window. Closed rows are merged too, so that their last taps are accounted for. */
void windows_close(struct windows *w, struct window_span span);

#endif
