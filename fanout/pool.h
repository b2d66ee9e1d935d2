/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Objects of one size, of one thread. Their memory is reserved once for as many as there may be;
 * pages that were never used cost nothing, objects that were given back are used first.
 */
#ifndef FANOUT_POOL_H
#define FANOUT_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool {
	uint8_t *memory;
	size_t size; // of an object
	uint32_t capacity;
	uint32_t high; // objects from here on were never used
	void *free;    // the first of those that were given back; each begins with the next
};

/* size: at least that of a pointer. 0 or -ENOMEM. */
int pool_init(struct pool *p, size_t size, uint32_t capacity);
void pool_fini(struct pool *p);

/* All zero. NULL if all are taken. */
void *pool_take(struct pool *p);

/* NULL is allowed. */
void pool_give(struct pool *p, void *object);

#endif
