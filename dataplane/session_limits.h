/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many taps a session may bring: so many a second, and so many at once. Kept as the time until
 * which its taps are paid for, which taps push forward and the clock catches up with (the generic
 * cell rate algorithm, ITU-T I.371): 32 bits, no timer, nothing to refill.
 *
 * Time is counted in 1/16384 s modulo 2^32, which goes round in three days. A slot that was not
 * used for longer looks as if it were paid for far into the future; more than the limit ever lets
 * it be is taken for unpaid.
 */
#ifndef DATAPLANE_SESSION_LIMITS_H
#define DATAPLANE_SESSION_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SESSION_LIMIT_HZ = 16384,
	SESSION_LIMIT_FRACTION_BITS = 16,
	/* Taps a second. A batch costs whole ticks, so more than this would leak more than 3 %. */
	SESSION_LIMIT_RATE_MAX = 1000,
	SESSION_LIMIT_SECONDS_MAX = 100000, // burst / rate
};

struct session_limits {
	bool on;
	uint64_t tick_per_tap; // in 1/65536 of a tick
	uint32_t burst;        // ticks
};

/* rate 0: no limit. burst is at most SESSION_LIMIT_SECONDS_MAX times the rate. */
static inline struct session_limits session_limits_of(uint32_t rate, uint32_t burst)
{
	struct session_limits l = {.on = rate != 0};

	if (l.on) {
		l.tick_per_tap = ((uint64_t)SESSION_LIMIT_HZ << SESSION_LIMIT_FRACTION_BITS) / rate;
		l.burst = (uint32_t)(burst * l.tick_per_tap >> SESSION_LIMIT_FRACTION_BITS);
	}
	return l;
}

/* May the session bring so many taps now? *paid moves forward if so. */
static inline bool session_limits_allow(
	const struct session_limits *l, uint32_t now, uint32_t *paid, unsigned taps)
{
	uint32_t ahead = *paid - now;
	uint64_t cost = taps * l->tick_per_tap >> SESSION_LIMIT_FRACTION_BITS;

	if (ahead > l->burst)
		ahead = 0;
	if (ahead + cost > l->burst)
		return false;
	*paid = now + ahead + (uint32_t)cost;
	return true;
}

#endif
