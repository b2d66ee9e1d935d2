/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Workers on NUMA nodes: the tallies of each are moved to where it runs, and what lies elsewhere is
 * said.
 */
#ifndef DATAPLANE_WORKER_NODES_H
#define DATAPLANE_WORKER_NODES_H

#include "dataplane/worker.h"

struct dataplane_memory;

/* Before they start. Nothing to do, and nothing to say, where there is one node. */
void worker_nodes_place(
	const struct worker *workers, unsigned n, const struct dataplane_memory *memory);

#endif
