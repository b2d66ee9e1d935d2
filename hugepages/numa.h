/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Memory on a NUMA node of choice: mbind(2) and get_mempolicy(2), which need no library. The pages
 * of the arena are taken when its file is made, wherever that thread ran; so they are moved.
 *
 * Two workers may share a huge page. Each page goes with the memory that has the larger part of it:
 * both ends are rounded to the nearest page.
 */
#ifndef HUGEPAGES_NUMA_H
#define HUGEPAGES_NUMA_H

#include <stddef.h>

/* How many nodes have memory; 1 where the kernel knows nothing of nodes. */
unsigned numa_nodes(void);

/* The number of nodes in a list as sysfs has it ("0-1,3"), 0 if it is none. */
unsigned numa_count(const char *list);

/*
 * Moves the pages of this size to a node and takes those to come from there. 0 or -errno. Pages for
 * which it has no room stay where they are: see numa_elsewhere(). Memory whose parts were sent to
 * different nodes before is to be moved part by part: Linux 6.1 moves no more than one part at
 * once.
 */
int numa_move(void *memory, size_t len, size_t page, int node);

/* How many of its pages do not lie on the node. */
size_t numa_elsewhere(const void *memory, size_t len, size_t page, int node);

#endif
