/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/memory.h"

#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

static size_t rounded(size_t bytes)
{
	return (bytes + HUGE_PAGE - 1) & ~((size_t)HUGE_PAGE - 1);
}

static void *map(size_t bytes, int flags)
{
	void *at = mmap(NULL, rounded(bytes), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | flags, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

void *memory_new(size_t bytes, bool *ordinary)
{
	void *at = map(bytes, MAP_HUGETLB);

	if (at != NULL)
		return at;
	*ordinary = true;
	return map(bytes, 0);
}

void memory_free(void *memory, size_t bytes)
{
	if (memory != NULL)
		munmap(memory, rounded(bytes));
}
