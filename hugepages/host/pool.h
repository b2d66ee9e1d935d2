/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Huge pages as the kernel counts them, by NUMA node where it knows of nodes.
 */
#ifndef HUGEPAGES_HOST_POOL_H
#define HUGEPAGES_HOST_POOL_H

#include "hugepages/host/host.h"

enum { POOL_FOLDER_MAX = 96 };

/* The folder in which a node has its nr_hugepages of this size. A kernel without nodes has one for
 * all. */
void pool_folder(const struct host *h, unsigned node, uint64_t page, char out[POOL_FOLDER_MAX]);

/* Does this kernel have pages of this size? */
bool pool_has_size(const struct host *h, uint64_t page);

/* Pages of the size on all nodes that mappings have been promised, though they did not take them.
 */
uint64_t pool_promised(const struct host *h, uint64_t page);

/* Bytes of the appliance's files in the mounts of hugetlbfs: pages that it has already. */
uint64_t pool_held_by_arena(const struct host *h);
uint64_t pool_held_by_buffers(const struct host *h);

/* The least that control groups leave to this process, in bytes; UINT64_MAX: they do not limit it.
 * file: where that is said. */
uint64_t pool_cgroup_room(const struct host *h, uint64_t page, char *file, size_t cap);

#endif
