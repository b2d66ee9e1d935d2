/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How long clients are asked to wait between datagrams: the least while the worker is busy for up
 * to so much of its time, the most from so much on, and on a straight line between. The ratio is
 * that of the last tenth of a second (load.h), so the pace falls again as soon as the load does.
 */
#ifndef DATAPLANE_PACE_H
#define DATAPLANE_PACE_H

#include <stdint.h>

struct pace {
	uint8_t least, most; // tenths of a second, least <= most
	uint16_t low, high;  // busy, in permille, low < high
};

static inline uint8_t pace_at(const struct pace *p, uint64_t busy_permille)
{
	unsigned rise = (unsigned)p->most - p->least;

	if (busy_permille <= p->low)
		return p->least;
	if (busy_permille >= p->high)
		return p->most;
	return (uint8_t)(p->least +
			 rise * ((unsigned)busy_permille - p->low) / (unsigned)(p->high - p->low));
}

#endif
