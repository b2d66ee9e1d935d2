/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int pool_init(struct pool *p, size_t size, uint32_t capacity)
{
	size = (size + 15) / 16 * 16;
	void *memory = mmap(NULL, size * capacity, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	*p = (struct pool){.memory = memory, .size = size, .capacity = capacity};
	return 0;
}

void pool_fini(struct pool *p)
{
	if (p->memory != NULL)
		munmap(p->memory, p->size * p->capacity);
	p->memory = NULL;
}

void *pool_take(struct pool *p)
{
	void *object = p->free;

	if (object != NULL)
		memcpy(&p->free, object, sizeof(p->free));
	else if (p->high < p->capacity)
		object = p->memory + p->size * p->high++;
	else
		return NULL;
	memset(object, 0, p->size);
	return object;
}

void pool_give(struct pool *p, void *object)
{
	if (object == NULL)
		return;
	memcpy(object, &p->free, sizeof(p->free));
	p->free = object;
}
