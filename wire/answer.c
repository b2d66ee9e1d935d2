/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/answer.h"

#include "wire/bytes.h"

#include <errno.h>

size_t answer_encode(const struct answer *a, uint8_t *out)
{
	out[0] = ANSWER_MAGIC;
	out[ANSWER_AT_STATUS] =
		(uint8_t)(WIRE_VERSION << 4 | a->status | (a->too_short ? ANSWER_TOO_SHORT : 0));
	store_be16(out + ANSWER_AT_CHANNEL, a->channel);
	out[ANSWER_AT_PACE] = a->pace;
	store_be56(out + ANSWER_AT_SESSION, a->session);
	store_be32(out + ANSWER_AT_SEQUENCE, a->sequence);
	return ANSWER_HEAD_LEN +
	       (a->has_frame ? frame_encode(&a->frame, out + ANSWER_HEAD_LEN) : 0);
}

/* Either there is a frame, or it is said that there was no room for one. */
static int decode_frame(const uint8_t *in, size_t len, struct answer *a)
{
	a->has_frame = len > 0;
	if (!a->has_frame)
		return 0;
	if (a->too_short || frame_decode(in, len, &a->frame) < 0)
		return -EINVAL;
	return a->frame.channel == a->channel ? 0 : -EINVAL;
}

int answer_decode(const uint8_t *in, size_t len, struct answer *a)
{
	if (len < ANSWER_HEAD_LEN || in[0] != ANSWER_MAGIC ||
		in[ANSWER_AT_STATUS] >> 4 != WIRE_VERSION)
		return -EINVAL;
	a->status = in[ANSWER_AT_STATUS] & 7;
	a->too_short = (in[ANSWER_AT_STATUS] & ANSWER_TOO_SHORT) != 0;
	a->channel = load_be16(in + ANSWER_AT_CHANNEL);
	a->pace = in[ANSWER_AT_PACE];
	a->session = load_be56(in + ANSWER_AT_SESSION);
	a->sequence = load_be32(in + ANSWER_AT_SEQUENCE);
	if (a->status >= ANSWER_STATUSES || a->session == 0)
		return -EINVAL;
	return decode_frame(in + ANSWER_HEAD_LEN, len - ANSWER_HEAD_LEN, a);
}
