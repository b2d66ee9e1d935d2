/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The curve in a terminal: taps a second as bars of block characters, their colour the mood, with
 * marks where the crowd surged.
 */
#ifndef CLIENT_TIMELINE_PLOT_H
#define CLIENT_TIMELINE_PLOT_H

#include "client/timeline.h"

#include <stdio.h>

struct timeline_look {
	unsigned width, height; // columns of the terminal, rows of the bars
	bool colour;
};

/* What lies in one column of the plot. */
struct timeline_bar {
	bool known;   // false: a hole, of which the journal has nothing
	double rate;  // the highest in it
	double score; // the mean over its taps
	bool surge;
};

/* Cuts the timeline into n bars of equal time. */
void timeline_bars(const struct timeline *t, struct timeline_bar *bars, unsigned n);

/* Title, bars, axes. Nothing but the title if there are no points. */
void timeline_plot(FILE *to, const struct timeline *t, struct timeline_look look);

#endif
