/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a node does with the frames that come out of the cluster: the fan-out sends them, and where
 * datagrams are counted they go on the board, from which workers take them for their answers. So
 * whoever asks anywhere sees the crowd of all nodes.
 */
#ifndef CONTROL_CLUSTER_FRAMES_H
#define CONTROL_CLUSTER_FRAMES_H

#include "control/cluster/cluster.h"
#include "control/store.h"

struct cluster_frames {
	struct fanout *fanout;
	const struct store *store;       // NULL: there is no board
	unsigned rows;                   // that row_plus_1 knows
	uint16_t row_plus_1[UINT16_MAX]; // by channel; 0: it has no row here
	bool open[UINT16_MAX];           // by channel, for subscribers
	bool admitted;                   // subscribers are let in
	uint64_t patience_ms;            // when they are at the latest, monotonic
	bool empty;                      // nobody had ever merged when we came
};

/* store: NULL where nothing is counted. NULL: no memory; free() it. */
struct cluster_frames *cluster_frames_make(struct fanout *fanout, const struct store *store);

struct follower_sink cluster_frames_sink(struct cluster_frames *c);

/*
 * Lets subscribers in once all frames that lay in the topic are here, or when that takes too long:
 * whoever comes before would be refused, for no channel is open. In a new cluster, whose topic was
 * empty, partitions have their first frames one after the other: somewhat later than the first.
 * After each cluster_serve().
 */
void cluster_frames_turn(struct cluster_frames *c, struct cluster *cluster);

#endif
