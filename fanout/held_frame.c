/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/held_frame.h"

#include <stdlib.h>
#include <string.h>

struct held_frame *held_frame_new(const struct fanout_frame *from, uint32_t number)
{
	struct held_frame *f = malloc(sizeof(*f) + from->binary_len + from->json_len);

	if (f == NULL)
		return NULL;
	*f = (struct held_frame){
		.channel = from->channel,
		.number = number,
		.window = from->window,
		.binary_len = (uint32_t)from->binary_len,
		.json_len = (uint32_t)from->json_len,
	};
	if (from->binary_len > 0)
		memcpy(f->bytes, from->binary, from->binary_len);
	if (from->json_len > 0)
		memcpy(f->bytes + from->binary_len, from->json, from->json_len);
	return f;
}

void held_frame_free(struct held_frame *f)
{
	if (f == NULL)
		return;
	for (unsigned e = 0; e < ENCODINGS; e++)
		buffer_unref(f->encoded[e]);
	free(f);
}

struct buffer *held_frame_encoded(struct held_frame *f, enum encoding e)
{
	if (f->encoded[e] == NULL) {
		size_t inner = encoding_is_json(e) ? f->json_len : f->binary_len;
		struct buffer *b = buffer_new(inner + ENVELOPE_MAX);

		if (b == NULL)
			return NULL;
		b->len = (uint32_t)encoding_put(e, f, b->bytes);
		f->encoded[e] = b;
	}
	return buffer_ref(f->encoded[e]);
}
