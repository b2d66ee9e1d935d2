/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When to tap. Time turns into credit, in billionths of a tap, exactly: rate times nanoseconds, in
 * integers. A datagram of k taps costs k times an exponentially distributed price with mean 1, so
 * datagrams come as a Poisson process and the taps keep the rate on average.
 */
#ifndef CLIENT_CROWD_PACE_H
#define CLIENT_CROWD_PACE_H

#include "client/crowd/random.h"

#include <stdbool.h>

#define PACE_TAP 1000000000ll // credit of one tap

struct pace {
	int64_t credit;
	int64_t price; // of the datagram that comes next
};

static inline void pace_earn(struct pace *p, uint64_t taps_per_second, uint64_t ns)
{
	p->credit += (int64_t)(taps_per_second * ns);
}

/* Is the next datagram due? The price is not yet paid. */
static inline bool pace_due(const struct pace *p)
{
	return p->credit >= p->price;
}

/* Pays for the datagram that was due, and sets the price of the next one, of so many taps. */
static inline void pace_pay(struct pace *p, unsigned next_taps, struct random *chance)
{
	p->credit -= p->price;
	p->price = (int64_t)((double)next_taps * random_exponential(chance) * (double)PACE_TAP);
}

/* What could not be sent in time is not made up for beyond this: a machine that slept, say. */
static inline void pace_forget(struct pace *p, int64_t most)
{
	if (p->credit > most)
		p->credit = most;
}

#endif
