/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the host has free in huge pages.
 */
#ifndef HUGEPAGES_FREE_PAGES_H
#define HUGEPAGES_FREE_PAGES_H

#include <stdint.h>

/* Bytes in free huge pages of a size that has a mount which this user may write to. Only reads. */
uint64_t hugepages_free_bytes(void);

#endif
