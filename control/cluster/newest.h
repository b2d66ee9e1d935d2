/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The newest frame of each channel, out of the records of the frames topic. It knows no Kafka;
 * follower.h feeds it.
 *
 * A topic has older frames of a channel before the newest one. As long as the end of a partition
 * has not been seen, nothing of it is given to the sink: nobody is to see an old mood, or a total
 * that goes back, because a node started.
 */
#ifndef CONTROL_CLUSTER_NEWEST_H
#define CONTROL_CLUSTER_NEWEST_H

#include "control/cluster/follower.h"

struct newest;

/* NULL: no memory. */
struct newest *newest_make(unsigned partitions, const struct follower_sink *sink);
void newest_free(struct newest *n);

/* A record as it lies in the topic; value NULL: tombstone. */
void newest_record(struct newest *n, unsigned partition, const void *key, size_t key_len,
	const void *value, size_t len);

/* There is nothing more in this partition for now. */
void newest_end(struct newest *n, unsigned partition);

/* Behind the last record for now, by the wall clock: tells the sink, if it was given something. */
void newest_flush(struct newest *n, uint64_t now_ns);

/* All but the complaint. */
void newest_read_status(const struct newest *n, struct follower_status *out);

#endif
