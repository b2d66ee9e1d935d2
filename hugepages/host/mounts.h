/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Mounts of hugetlbfs.
 */
#ifndef HUGEPAGES_HOST_MOUNTS_H
#define HUGEPAGES_HOST_MOUNTS_H

#include "hugepages/host/host.h"

struct hugetlbfs_mount {
	char folder[200];
	uint64_t page; // bytes
	bool read_only;
};

enum { MOUNTS_MAX = 8 };

/* In the order in which they were mounted. What hides another mount at the same place counts. */
unsigned mounts_find(const struct host *h, struct hugetlbfs_mount out[MOUNTS_MAX]);

#endif
