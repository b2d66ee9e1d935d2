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

/* Zeroed, and every page of it is there. *ordinary is set if they are. NULL: no memory. */
void *memory_new(size_t bytes, bool *ordinary);
void memory_free(void *memory, size_t bytes);

#endif
