/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * On a machine with several NUMA nodes, a worker is to run on the node of its port, and what it
 * counts into is to lie there. Memory is moved; a CPU is the operator's choice. What is not as it
 * should be is said in one sentence.
 */
#ifndef DATAPLANE_PLACEMENT_H
#define DATAPLANE_PLACEMENT_H

#include <stddef.h>

struct placement {
	int port_node; // -1: the device is on none, such as a virtual one
	int cpu_node;
	unsigned cpu;
	size_t pages_elsewhere; // of its tallies
};

/* Where a worker's memory is to lie. */
int placement_node(const struct placement *p);

/* What is wrong with n workers; "" if nothing is. */
void placement_judge(const struct placement *workers, unsigned n, char *out, size_t cap);

#endif
