/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Memory for tallies and tables as the appliance's arena has it: in huge pages, if the machine has
 * them free, else in ordinary ones.
 */
#ifndef PERF_MEMORY_H
#define PERF_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed, and every page of it is there. NULL: no memory. */
void *memory_new(size_t bytes);
void memory_free(void *memory, size_t bytes);

/* Did a memory_new() have to do without huge pages? */
bool memory_was_ordinary(void);

#endif
