/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many huge pages a host has, how many the appliance still takes, and what makes up the
 * difference, node by node.
 */
#ifndef HUGEPAGES_HOST_PAGE_PLAN_H
#define HUGEPAGES_HOST_PAGE_PLAN_H

#include "hugepages/host/pool.h"

struct page_plan_node {
	const struct host_pages *wants;
	uint64_t need;                   // pages, beside those that the appliance has already
	uint64_t free;                   // pages
	uint64_t has;                    // nr_hugepages
	uint64_t more;                   // to be reserved
	char file[POOL_FOLDER_MAX + 16]; // nr_hugepages
};

struct page_plan {
	struct page_plan_node nodes[HOST_NODES_MAX];
	unsigned n;
	bool arena_is_there; // its pages are taken already
	uint64_t short_of;   // pages to be reserved on all nodes
};

void page_plan_make(const struct host *h, struct page_plan *p);

/* How the reservation is kept over a restart, if it is not kept yet: lines for the finding. */
void page_plan_lasting(const struct host *h, const struct page_plan *p, struct host_finding *f);

#endif
