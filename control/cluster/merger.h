/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Merge: a member of the consumer group, with a thread of its own. Partitions of the tallies come
 * and go (cooperatively); each that is here has a machine of partition.h and a transactional
 * producer whose transactional.id names the partition: beginning it fences whoever had the
 * partition before, at once, and ends what it left open. Each window of a partition is one
 * transaction: its frames, the deletions of retired tallies, and the position in the tallies with
 * the group's metadata, so that a merger that lost the partition and does not know it cannot commit
 * either.
 */
#ifndef CONTROL_CLUSTER_MERGER_H
#define CONTROL_CLUSTER_MERGER_H

#include "control/cluster/partition.h"
#include "control/config.h"
#include "fanout/histogram.h"

struct merger;

enum { MERGER_NODES_MAX = 256 };

struct merger_status {
	unsigned partitions;        // that are ours and serve
	unsigned partitions_coming; // ours, being read
	uint64_t windows;           // of partitions, committed
	uint64_t aborted;           // transactions that did not come through; their taps come later
	uint64_t fenced;            // times that another merger had taken a partition over
	uint64_t rebalances;
	uint64_t records, late, malformed, retired_refused, retired;
	uint64_t frames;                               // published
	uint64_t bytes;                                // of frames, before compression
	uint64_t window, ends;                         // the newest one committed
	uint64_t taps;                                 // merged, in our partitions
	struct histogram close_ns;                     // from a window's end to its commit
	struct partition_node nodes[MERGER_NODES_MAX]; // over our partitions: the newest of each
	unsigned n_nodes;
	char complaint[512]; // why nothing comes out now; "": nothing
};

int merger_start(struct merger **out, const struct config *config, char *error, size_t cap);
/* From the next window on: channels, catalogue and rules of this configuration. 0 or -ENOMEM. */
int merger_take_config(struct merger *m, const struct config *config);
/* Leaves the group in order; waits for some seconds. */
void merger_stop(struct merger *m);
/* From any thread. */
void merger_read_status(struct merger *m, struct merger_status *out);

#endif
