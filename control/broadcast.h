/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The seam between control and the fan-out: a window is finished, its frames are to be sent.
 */
#ifndef CONTROL_BROADCAST_H
#define CONTROL_BROADCAST_H

#include "control/catalogue.h"
#include "control/merge.h"
#include "control/mood.h"
#include "control/window_clock.h"
#include "fanout/fanout.h"

enum { BROADCAST_JSON_MAX = 64 << 10 };

struct broadcast {
	struct fanout *fanout;
	const struct catalogue *catalogue;
	struct merge merge;
	struct mood_memory *memory; // by row
	struct frame *last;         // by row: the newest frame of each channel
	uint64_t taps;              // in the last window, all channels
	struct window_span span;    // of the last window
	char json[BROADCAST_JSON_MAX];
};

/* 0 or -ENOMEM. Opens the channels of all open rows for subscribers. */
int broadcast_init(struct broadcast *b, struct fanout *fanout, const struct catalogue *catalogue,
	struct store *store);
void broadcast_free(struct broadcast *b);

/* Merges and shows one window: a frame for each open channel, also when nobody tapped. */
void broadcast_window(struct broadcast *b, struct window_span span);

#endif
