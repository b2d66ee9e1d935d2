/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/moving/events.h"

#include <math.h>

static unsigned known_at(const struct events *e, double at)
{
	if (e->changes == 0 || at < e->changes || (e->back != 0 && at >= e->back))
		return e->before;
	if (e->period != 0 && fmod((at - e->changes) / e->period, 2) >= 1)
		return e->before;
	return e->after;
}

static uint64_t mix(uint64_t value)
{
	struct random r;

	random_seed(&r, value);
	return random_next(&r);
}

/* Rendezvous hashing (Thaler and Ravishankar, 1998): the highest of those that are known. */
static unsigned highest(unsigned known, uint64_t flow)
{
	unsigned best = 0;
	uint64_t most = 0;

	for (unsigned i = 0; i < EVENTS_BOXES; i++) {
		uint64_t weight = mix(flow ^ (uint64_t)(i + 1) << 56);

		if ((known >> i & 1) != 0 && weight >= most) {
			most = weight;
			best = i;
		}
	}
	return best;
}

static unsigned nth(unsigned known, unsigned n)
{
	for (unsigned i = 0;; i++) {
		if ((known >> i & 1) != 0 && n-- == 0)
			return i;
	}
}

int events_box(const struct events *e, uint64_t session, const struct phone_datagram *d)
{
	unsigned known = known_at(e, d->arrives), n = (unsigned)__builtin_popcount(known);
	unsigned box = e->spreading == SPREAD_RESILIENT   ? highest(known, session)
		       : e->spreading == SPREAD_SCATTERED ? nth(known, d->chance % n)
							  : nth(known, mix(session) % n);
	bool down = e->dies != 0 && box == e->box && d->arrives >= e->dies &&
		    (e->returns == 0 || d->arrives < e->returns);

	return down ? EVENTS_NONE : (int)box;
}
