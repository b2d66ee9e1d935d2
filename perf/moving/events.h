/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What happens to boxes and to the routers before them, while sessions go on: which box gets a
 * datagram that arrives at some time.
 */
#ifndef PERF_MOVING_EVENTS_H
#define PERF_MOVING_EVENTS_H

#include "perf/moving/phone.h"

enum { EVENTS_BOXES = 4, EVENTS_SECONDS = 600, EVENTS_NONE = -1 };

enum spreading {
	SPREAD_REHASHED,  // hash modulo the number of boxes
	SPREAD_RESILIENT, // only flows of the box that went or came change (consistent hashing)
	SPREAD_SCATTERED, // each datagram goes its own way
};

struct events {
	const char *name;
	enum spreading spreading;
	unsigned before, after; // boxes that routers know, as bits
	double changes;         // when; until then it is before, from then on after
	double back;            // from then on as before again; 0: never
	double period;          // between changes and back: to and fro, each so long; 0: no
	unsigned box;           // that dies
	double dies, returns;   // 0: it does not die; in between it gets nothing
	bool arena_gone;        // with the box; else the process alone has died
	double published;       // what it counted until then is in the totals
};

/* Or EVENTS_NONE, if it reaches nobody. */
int events_box(const struct events *e, uint64_t session, const struct phone_datagram *d);

#endif
