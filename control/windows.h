/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Windows: what the workers counted since the last one, merged, scored and numbered. The first of
 * the two seams of control is here: a window is finished (windows_close() returned), and whoever
 * keeps, shows or forwards it reads it from this structure.
 */
#ifndef CONTROL_WINDOWS_H
#define CONTROL_WINDOWS_H

#include "control/merge.h"
#include "control/mood.h"
#include "control/window_clock.h"

struct windows {
	struct mood_rules rules;
	struct merge merge;
	struct mood_memory *memory; // by row
	struct frame *last;         // by row: the newest frame of each channel
	uint64_t number;            // of the last window; 0: none yet
	uint64_t taps;              // in the last window, all channels
	struct window_span span;    // of the last window
};

/* Before workers start. 0 or -errno. The weights of the rules, and store, must outlive
 * it. */
int windows_init(struct windows *w, struct mood_rules rules, struct store *store);
void windows_free(struct windows *w);

/* Finishes the window. Closed rows are merged too, so that their last taps are accounted for. */
void windows_close(struct windows *w, struct window_span span);

#endif
