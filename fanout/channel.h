/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a fan-out thread knows of one channel. Whether a channel is open at all is control's to say:
 * a word for each in struct fanout, its state (2 bits) and above it how often it was opened, so
 * that a frame of before it was closed is not taken for one of now.
 */
#ifndef FANOUT_CHANNEL_H
#define FANOUT_CHANNEL_H

#include "fanout/held_frame.h"

#include <stdbool.h>

enum { CHANNELS_MAX = 65536 };

enum channel_state { CHANNEL_UNKNOWN, CHANNEL_OPEN, CHANNEL_CLOSED };
enum { CHANNEL_STATE = 3, CHANNEL_OPENING = 4 };

static inline enum channel_state channel_state(uint32_t word)
{
	return (enum channel_state)(word & CHANNEL_STATE);
}

static inline uint32_t channel_opening(uint32_t word)
{
	return word / CHANNEL_OPENING;
}

struct channel {
	struct held_frame *newest; // NULL before the first
	uint32_t number;           // of the newest, also after it was freed; 0: none yet
	uint32_t stamp;            // of what was taken with it (subscription.h)
	uint32_t opening;          // that this thread has taken notice of
	bool known;                // was open at some time
	bool ended;                // closed: no frame comes after newest
};

#endif
