/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Subscribers that have taken nothing for long: counted as a wave passes them, and told of in one
 * line of the log, now and then.
 */
#ifndef FANOUT_STALLED_H
#define FANOUT_STALLED_H

#include <stdint.h>

enum { STALLED_SECONDS = 5, STALLED_PACE_SECONDS = 60 };

struct stalled {
	unsigned seen;     // in this wave
	uint32_t reported; // second of the last line; 0: none yet
};

/* A wave begins. */
void stalled_begin(struct stalled *s);

/* It has passed somebody who has taken nothing for so many seconds. */
void stalled_see(struct stalled *s, uint32_t seconds);

/* It is over: how many are to be told of. 0: none, or the last line was not long ago. */
unsigned stalled_report(struct stalled *s, uint32_t now);

#endif
