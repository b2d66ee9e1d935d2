/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * This node's part in a cluster, by its roles (docs/cluster.md): what control/ sees of it.
 *
 *   ingest   a window is finished -> publisher -> tallies
 *   merge    tallies -> merger (a thread) -> frames
 *   fanout   frames -> follower -> fan-out; on ingest nodes -> the board, for answers over UDP
 *
 * All calls are made by the control thread; none waits, but for cluster_close().
 */
#ifndef CONTROL_CLUSTER_CLUSTER_H
#define CONTROL_CLUSTER_CLUSTER_H

#include "control/cluster/follower.h"
#include "control/cluster/merger.h"
#include "control/cluster/publisher.h"

struct cluster;

/* windows: of the ingest role, else NULL. sink: who takes the frames; NULL: nobody. 0, or -errno
 * with a sentence. */
int cluster_open(struct cluster **out, const struct config *config, const struct windows *windows,
	const struct follower_sink *sink, char *error, size_t cap);

/* Readable when cluster_serve() has something to do. */
int cluster_fd(const struct cluster *c);
/* How long to wait at most before cluster_serve(), in milliseconds. */
int cluster_patience(const struct cluster *c);
void cluster_serve(struct cluster *c);

/* A window is finished. */
void cluster_window(struct cluster *c);

/* 0 or -ENOMEM. */
int cluster_take_config(struct cluster *c, const struct config *config);

/* orderly: leaves the cluster, for some seconds. NULL is allowed. */
void cluster_close(struct cluster *c, bool orderly);

/* Parts that this node has not are NULL. */
struct cluster_status {
	const struct publisher_status *publisher;
	const struct merger_status *merger;
	const struct follower_status *follower;
};
/* Valid until the next call. */
struct cluster_status cluster_read_status(struct cluster *c);

#endif
