/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The crowd's way in: the catalogue of the appliance, and the channels that the crowd taps. */
#ifndef CLIENT_CROWD_AUDIENCE_H
#define CLIENT_CROWD_AUDIENCE_H

#include "client/catalogue.h"

enum { AUDIENCE_CHANNELS_MAX = 64 };

struct audience {
	unsigned n;
	uint16_t channels[AUDIENCE_CHANNELS_MAX]; // ascending
};

/*
 * The first AUDIENCE_CHANNELS_MAX channels from 1 up that are nobody's parent. Channel 0 is the
 * visitors'; a parent shows the sum of its children, which would count their taps twice.
 */
void audience_choose(const struct catalogue *catalogue, struct audience *out);

/* How many viewers make this many taps a second look like a crowd. */
unsigned audience_viewers(uint64_t taps_per_second);

#endif
