/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One phone through such events: which of its batches were counted twice, or never, and at which
 * kind of arrival.
 */
#ifndef PERF_MOVING_JOURNEY_H
#define PERF_MOVING_JOURNEY_H

#include "perf/moving/box.h"
#include "perf/moving/events.h"

/* How a session comes to a box that did not get its last datagram. */
enum arrival {
	ARRIVAL_BEGINS, // nobody has seen it before
	ARRIVAL_YOUNG,  // the box has not, and its datagram has all batches that it ever had
	ARRIVAL_OLDER,  // the box has not
	ARRIVAL_RETURN, // the box has, and others have since
	ARRIVALS,
};

struct journey_sum {
	uint64_t sessions;
	uint64_t batches;
	uint64_t lost; // counted nowhere
	struct {
		uint64_t n;
		uint64_t doubled; // batches
		unsigned most;    // by one of them
	} arrivals[ARRIVALS];
};

/* Adds to the sum. The boxes know nobody afterwards. Returns how many batches were lost. */
unsigned journey_make(struct journey_sum *sum, struct box boxes[EVENTS_BOXES], struct phone *p,
	const struct events *e);

#endif
