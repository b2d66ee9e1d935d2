/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A finished frame as the fan-out holds it. Control makes one for each thread; from the moment a
 * thread has taken it out of its mailbox, it is that thread's alone. Its numbers count the frames
 * of the channel, so that a subscriber knows by one number what it has had and how many it missed.
 */
#ifndef FANOUT_HELD_FRAME_H
#define FANOUT_HELD_FRAME_H

#include "fanout/buffer.h"
#include "fanout/encoding.h"
#include "fanout/fanout.h"

struct held_frame {
	uint16_t channel;
	uint32_t number; // 1 is the channel's first; wraps
	uint32_t window;
	uint32_t opening; // of the channel, as it was when the frame was published
	uint32_t binary_len;
	uint32_t json_len;
	struct buffer *encoded[ENCODINGS]; // made when first needed
	uint8_t bytes[];                   // the binary form, then the JSON form
};

/* NULL if there is no memory. */
struct held_frame *held_frame_new(const struct fanout_frame *from, uint32_t number);

/* NULL is allowed. Buffers that connections are still sending live on. */
void held_frame_free(struct held_frame *f);

static inline const uint8_t *held_frame_binary(const struct held_frame *f)
{
	return f->bytes;
}

static inline const uint8_t *held_frame_json(const struct held_frame *f)
{
	return f->bytes + f->binary_len;
}

/* The frame in that encoding, with a reference for the caller. NULL if there is no memory. */
struct buffer *held_frame_encoded(struct held_frame *f, enum encoding e);

#endif
