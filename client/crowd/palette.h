/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which emoji a mood taps: few often, many seldom (Zipf's law), those first whose weight in the
 * catalogue suits the mood.
 */
#ifndef CLIENT_CROWD_PALETTE_H
#define CLIENT_CROWD_PALETTE_H

#include "client/catalogue.h"
#include "client/crowd/match.h"

struct palette {
	unsigned n;
	double upto[MOODS][WIRE_REACTIONS_MAX]; // cumulative shares, the last 1
};

void palette_make(struct palette *p, const struct catalogue *catalogue);

/* Place in the catalogue of the reaction at this point, 0 up to 1, of the mood's distribution. */
unsigned palette_pick(const struct palette *p, enum mood mood, double point);

#endif
