/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The curve of a channel in bounded room: the newest windows one by one, older ones joined to
 * stretches, all of them about equally long. The longer the curve becomes, the longer are these.
 */
#ifndef CONTROL_TIMELINE_POINTS_H
#define CONTROL_TIMELINE_POINTS_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMELINE_POINTS = 800, TIMELINE_FINE = 200 };

struct timeline_point {
	uint64_t begins, ends; // Unix milliseconds
	uint64_t taps;
	uint32_t reactors; // the most in a window; 0: not known
	float score;       // -1 to 1, weighted by taps
	float intensity;   // the highest; 1: the usual rate
	bool surge;        // in one of them
};

/* All zero: empty. */
struct timeline_points {
	unsigned n;
	uint64_t grain;                                // milliseconds: how long a stretch may be
	struct timeline_point points[TIMELINE_POINTS]; // oldest first; none overlaps another
};

/*
 * Adds one behind the others. What overlaps the last one is cut off from it; what lies before it
 * entirely is dropped.
 */
void timeline_points_add(struct timeline_points *t, struct timeline_point p);

#endif
