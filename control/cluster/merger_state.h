/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The merger from within. Its own thread (merger.c) looks after the group: partitions come and go.
 * Each partition that is here is a share with a thread of its own (share.c), which may wait for the
 * brokers as long as it takes: no partition waits for another.
 */
#ifndef CONTROL_CLUSTER_MERGER_STATE_H
#define CONTROL_CLUSTER_MERGER_STATE_H

#include "control/cluster/merger_nodes.h"
#include "control/cluster/merger_rules.h"
#include "control/cluster/topic_check.h"
#include "control/cluster/window_transaction.h"

#include <pthread.h>

/* What has been added to the merger's figures of a partition. */
struct share_seen {
	uint64_t records, late, malformed, retired_refused;
};

struct share {
	struct merger *merger;
	unsigned number; // of the partition
	pthread_t thread;
	atomic_bool stopping;    // merger: wo, share: ro
	rd_kafka_queue_t *queue; // tallies of this partition alone

	/* share: rw */
	struct window_transaction transaction;
	struct kafka_trouble trouble;
	bool troubled;              // was, when it was looked at
	unsigned answers;           // of the check then
	struct merger_rules *rules; // held
	struct partition *partition;
	int64_t next_offset; // in the tallies
	int64_t end_offset;  // that was met last, as of share_take()
	bool read_before;    // the group has read tallies here, so it must go back for them
	bool says_catalogue; // this partition is the one that has it
	bool catalogue_is_there;
	uint8_t *record; // that is being encoded
	size_t record_cap;
	uint64_t frames, retired; // of this window
	struct partition_node nodes[MERGER_NODES_MAX];
	struct share_seen seen;

	/* merger->lock */
	bool runs; // written by the merger alone
	bool serves;
	struct partition_stats stats;
	char complaint[KAFKA_SENTENCE_MAX];
};

struct merger {
	const struct config_cluster *cluster;
	rd_kafka_t *group; // reads tallies
	rd_kafka_queue_t *events;
	bool subscribed;
	rd_kafka_t *reader; // of frames
	rd_kafka_topic_t *frames;
	struct topic_check *check;
	int wake; // of the check; nobody waits for it
	struct kafka_trouble trouble;
	unsigned answers;     // of the check, when the trouble began
	struct share *shares; // [cluster->partitions]
	pthread_t thread;
	atomic_bool stopping;

	pthread_mutex_t lock;       // of what follows, and in shares
	struct merger_rules *rules; // of the newest configuration; held
	struct merger_nodes nodes;
	struct merger_status status; // without what is in shares and nodes
};

/* The thread of a share: it takes the partition over, and merges it until it is to stop. */
void *share_run(void *share);

/* NULL: it is none of ours. */
struct share *merger_share(struct merger *m, const rd_kafka_topic_partition_t *p);
/* Before the group assigns the partition, so that none of its records comes to the queue of all. */
void merger_share_queue(struct merger *m, rd_kafka_topic_partition_t *p);
void merger_share_drop_queue(struct share *s);
/* Unless it runs, or has no queue. Without a thread for it, begin it again later. */
void merger_share_begin(struct share *s);
void merger_share_end(struct share *s);
/* All that have a queue; returns how many have no thread. */
unsigned merger_shares_begin(struct merger *m);

/* The consumer group and the reader of frames. 0, or -errno with a sentence. */
int merger_group_open(struct merger *m, char *error, size_t cap);
void merger_group_close(struct merger *m);
/* Waits a moment for what comes from the group, and serves it: shares begin and end. */
void merger_group_serve(struct merger *m);

#endif
