/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/frame.h"

#include "wire/bytes.h"

#include <errno.h>

size_t frame_encode(const struct frame *f, uint8_t *out)
{
	uint8_t n = f->n < WIRE_FRAME_ENTRIES_MAX ? f->n : WIRE_FRAME_ENTRIES_MAX;
	uint8_t *at = out + WIRE_FRAME_HEAD_LEN;

	out[0] = FRAME_MAGIC;
	out[1] = (uint8_t)(WIRE_VERSION << 4 | (f->flags & (FRAME_SURGE | FRAME_CLOSED)));
	store_be16(out + 2, f->channel);
	store_be32(out + 4, f->window);
	store_be64(out + 8, f->ends);
	store_be32(out + 16, f->length);
	store_be32(out + 20, f->taps);
	store_be64(out + 24, f->total);
	store_be32(out + 32, f->reactors);
	store_be16(out + 36, (uint16_t)f->score);
	store_be16(out + 38, f->intensity);
	out[40] = n;
	for (unsigned i = 0; i < n; i++, at += WIRE_FRAME_ENTRY_LEN) {
		at[0] = f->entries[i].reaction;
		store_be16(at + 1, f->entries[i].share);
		store_be32(at + 3, f->entries[i].count);
	}
	return (size_t)(at - out);
}

static bool plausible(const struct frame *f)
{
	return (f->flags & ~(FRAME_SURGE | FRAME_CLOSED)) == 0 && f->channel != WIRE_CHANNEL_NONE &&
	       f->score >= -FRAME_SHARE_ONE && f->score <= FRAME_SHARE_ONE &&
	       f->n <= WIRE_FRAME_ENTRIES_MAX;
}

int frame_decode(const uint8_t *in, size_t len, struct frame *f)
{
	if (len < WIRE_FRAME_HEAD_LEN || in[0] != FRAME_MAGIC || in[1] >> 4 != WIRE_VERSION)
		return -EINVAL;
	f->flags = in[1] & 0x0f;
	f->channel = load_be16(in + 2);
	f->window = load_be32(in + 4);
	f->ends = load_be64(in + 8);
	f->length = load_be32(in + 16);
	f->taps = load_be32(in + 20);
	f->total = load_be64(in + 24);
	f->reactors = load_be32(in + 32);
	f->score = (int16_t)load_be16(in + 36);
	f->intensity = load_be16(in + 38);
	f->n = in[40];
	if (!plausible(f))
		return -EINVAL;
	if (len != WIRE_FRAME_HEAD_LEN + WIRE_FRAME_ENTRY_LEN * (size_t)f->n)
		return -EINVAL;
	in += WIRE_FRAME_HEAD_LEN;
	for (unsigned i = 0; i < f->n; i++, in += WIRE_FRAME_ENTRY_LEN) {
		f->entries[i].reaction = in[0];
		f->entries[i].share = load_be16(in + 1);
		f->entries[i].count = load_be32(in + 3);
	}
	return 0;
}
