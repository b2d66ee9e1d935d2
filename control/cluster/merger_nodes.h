/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The ingest nodes as all partitions of a merger see them together: each partition meets each of
 * them, and what happens to one is told once.
 */
#ifndef CONTROL_CLUSTER_MERGER_NODES_H
#define CONTROL_CLUSTER_MERGER_NODES_H

#include "control/cluster/merger.h"

struct merger_node {
	struct partition_node node;
	enum { NODE_UNTOLD, NODE_HERE, NODE_GONE } told;
	bool differs_told;
};

struct merger_nodes {
	struct merger_node nodes[MERGER_NODES_MAX];
	unsigned n;
	bool too_many_told;
};

/* Logs it, unless another partition has said so. */
void merger_nodes_event(
	struct merger_nodes *m, enum partition_event event, const char *node, uint64_t value);

/* What a partition knows of them now. */
void merger_nodes_take(struct merger_nodes *m, const struct partition_node *nodes, unsigned n);

/* Returns how many. */
unsigned merger_nodes_read(const struct merger_nodes *m, struct partition_node *out);

#endif
