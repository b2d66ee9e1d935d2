/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many frames are due: a rate kept by the clock, not by the frames. Frames that could not be
 * offered when they were due are made up for as long as they are few; the others are left out, for
 * a crowd of them at once would be another load than the one that was asked for.
 */
#ifndef CLIENT_GEN_PACE_H
#define CLIENT_GEN_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t begun, ends;   // ticks
	double frames_per_tick; // 0: as many as go
	uint64_t total;         // frames of all the time
	uint64_t given;         // due, and offered or left out
	uint64_t late;          // of these, left out
	uint32_t burst;         // offered at once, at most
	uint32_t behind_max;    // frames that are made up for
};

enum { PACE_BURST_MAX = 32, PACE_BEHIND_BURSTS = 8, PACE_GRAIN_PER_SECOND = 100000 };

/*
 * Bursts grow with the rate: what is due in 10 microseconds, at most PACE_BURST_MAX. What is made
 * up for is a quarter of a ring with 1024 places.
 */
static inline struct pace pace_begin(uint64_t now, double rate, double seconds, double hz)
{
	double grain = rate / PACE_GRAIN_PER_SECOND;

	return (struct pace){
		.begun = now,
		.ends = now + (uint64_t)((seconds + 0.01) * hz),
		.frames_per_tick = rate / hz,
		.total = (uint64_t)(rate * seconds),
		.burst = grain < 1                ? 1
			 : grain > PACE_BURST_MAX ? PACE_BURST_MAX
						  : (uint32_t)grain,
		.behind_max = PACE_BEHIND_BURSTS * PACE_BURST_MAX,
	};
}

/* How many to offer now. */
static inline uint32_t pace_due(struct pace *p, uint64_t now)
{
	uint64_t due = (uint64_t)((double)(now - p->begun) * p->frames_per_tick), behind;

	if (due > p->total)
		due = p->total;
	behind = due - p->given;
	if (behind > p->behind_max) {
		p->late += behind - p->behind_max;
		p->given = due - p->behind_max;
		behind = p->behind_max;
	}
	if (behind < p->burst)
		return due == p->total ? (uint32_t)behind : 0;
	return p->burst;
}

/* All was given, or there is no more time to: what is left then is late, too. */
static inline bool pace_is_over(const struct pace *p, uint64_t now)
{
	return p->given == p->total || now >= p->ends;
}

#endif
