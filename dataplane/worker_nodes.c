/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/worker_nodes.h"

#include "dataplane/dataplane.h"
#include "dataplane/log.h"
#include "dataplane/placement.h"
#include "hugepages/numa.h"

#include <rte_ethdev.h>
#include <rte_lcore.h>

static struct placement place(const struct worker *w, const struct dataplane_memory *memory)
{
	size_t len = (size_t)memory->rows * memory->stride * sizeof(uint64_t);
	struct placement p = {
		.port_node = rte_eth_dev_socket_id(w->port),
		.cpu_node = (int)rte_lcore_to_socket_id(w->lcore),
		.cpu = (unsigned)rte_lcore_to_cpu_id((int)w->lcore),
	};
	int node = placement_node(&p);

	/* If it cannot be moved, that is seen by where it lies. */
	numa_move(w->counter.tallies, len, memory->page, node);
	p.pages_elsewhere = numa_elsewhere(w->counter.tallies, len, memory->page, node);
	return p;
}

void worker_nodes_place(
	const struct worker *workers, unsigned n, const struct dataplane_memory *memory)
{
	struct placement placements[DATAPLANE_WORKERS_MAX];
	char fault[512];

	if (numa_nodes() < 2)
		return;
	for (unsigned i = 0; i < n; i++)
		placements[i] = place(&workers[i], memory);
	placement_judge(placements, n, fault, sizeof(fault));
	if (fault[0] != '\0')
		LOG_WARNING("%s", fault);
}
