/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/buffer.h"

#include <stdlib.h>
#include <string.h>

struct buffer *buffer_new(size_t cap)
{
	if (cap > UINT32_MAX)
		return NULL;
	struct buffer *b = malloc(sizeof(*b) + cap);
	if (b == NULL)
		return NULL;
	b->refs = 1;
	b->len = 0;
	return b;
}

struct buffer *buffer_copy(const void *bytes, size_t len)
{
	struct buffer *b = buffer_new(len);

	if (b == NULL)
		return NULL;
	if (len > 0)
		memcpy(b->bytes, bytes, len);
	b->len = (uint32_t)len;
	return b;
}

void buffer_unref(struct buffer *b)
{
	if (b != NULL && --b->refs == 0)
		free(b);
}
