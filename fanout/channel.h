/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a fan-out thread knows of one channel. Whether a channel is open at all is control's to say
 * (enum channel_state, in struct fanout).
 */
#ifndef FANOUT_CHANNEL_H
#define FANOUT_CHANNEL_H

#include "fanout/held_frame.h"

#include <stdbool.h>

enum { CHANNELS_MAX = 65536 };

enum channel_state { CHANNEL_UNKNOWN, CHANNEL_OPEN, CHANNEL_CLOSED };

struct channel {
	struct held_frame *newest; // NULL before the first
	uint32_t number;           // of the newest, also after it was freed; 0: none yet
	uint32_t stamp;            // of what was taken with it (subscription.h)
	bool known;                // was open at some time
	bool ended;                // closed: no frame comes after newest
};

#endif
