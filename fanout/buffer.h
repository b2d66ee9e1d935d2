/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Immutable bytes that many connections of one thread send at the same time. The count of
 * references is a plain number: a buffer belongs to one thread, and is handed to another only while
 * it has a single reference.
 */
#ifndef FANOUT_BUFFER_H
#define FANOUT_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint32_t refs;
	uint32_t len;
	uint8_t bytes[];
};

/* One reference, room for cap bytes, len = 0. NULL if there is no memory. */
struct buffer *buffer_new(size_t cap);

struct buffer *buffer_copy(const void *bytes, size_t len);

static inline struct buffer *buffer_ref(struct buffer *b)
{
	b->refs++;
	return b;
}

/* NULL is allowed. */
void buffer_unref(struct buffer *b);

#endif
