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

#include "control/cluster/follower.h"
#include "control/store.h"

struct cluster_frames {
	struct fanout *fanout;
	const struct store *store;       // NULL: there is no board
	unsigned rows;                   // that row_plus_1 knows
	uint16_t row_plus_1[UINT16_MAX]; // by channel; 0: it has no row here
	bool open[UINT16_MAX];           // by channel, for subscribers
};

/* store: NULL where nothing is counted. NULL: no memory; free() it. */
struct cluster_frames *cluster_frames_make(struct fanout *fanout, const struct store *store);

struct follower_sink cluster_frames_sink(struct cluster_frames *c);

#endif
