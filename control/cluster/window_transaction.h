/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The producer of one partition's frames. Its transactional.id names the partition and not the
 * node: opening it fences whoever had it before, at once, and ends what it left open. What it
 * publishes of a window is one transaction.
 */
#ifndef CONTROL_CLUSTER_WINDOW_TRANSACTION_H
#define CONTROL_CLUSTER_WINDOW_TRANSACTION_H

#include "control/cluster/kafka_trouble.h"

#include <stdbool.h>
#include <stdint.h>

struct window_transaction {
	const struct config_cluster *cluster;
	rd_kafka_t *producer; // NULL: not open
	rd_kafka_queue_t *events;
	unsigned partition;
	unsigned tries; // to fence whoever had it before
	bool begun;     // with the first record of the window: one without any needs none
	rd_kafka_resp_err_t refused; // why a record of this window did not go into it
	uint64_t bytes;              // of keys and values of this window
};

enum transaction_outcome {
	TRANSACTION_COMMITTED,
	TRANSACTION_ABORTED, // nothing of it is to be seen; another may begin
	TRANSACTION_FENCED,  // another one has opened the partition, or this took the brokers too
			     // long
	TRANSACTION_UNKNOWN, // open it again, and read what came of it
};

/* 0, or -errno; why is in trouble. */
int window_transaction_open(struct window_transaction *t, const struct config_cluster *cluster,
	unsigned partition, struct kafka_trouble *trouble);
/* 0: whoever had the partition before cannot publish any more, and what it left open has ended.
 * -EAGAIN: not yet, after half a second; call it again. -EIO: open another one. Why is in trouble.
 */
int window_transaction_fence(struct window_transaction *t, struct kafka_trouble *trouble);
void window_transaction_close(struct window_transaction *t);

/* Errors that have come meanwhile. */
void window_transaction_serve(struct window_transaction *t, struct kafka_trouble *trouble);

/* Of a window. value NULL: a tombstone. The bytes are copied; waits while too many are under way.
 */
void window_transaction_put(struct window_transaction *t, const char *topic, const void *key,
	size_t key_len, const void *value, size_t len);

/* Called twice a second while the brokers have not answered; false: they are not waited for. */
struct transaction_patience {
	bool (*goes_on)(void *context);
	void *context;
};

/* The window is complete. With the place in the tallies up to which group has read: one whom the
 * group has put out gets nothing through, even if nobody has opened the partition since. */
enum transaction_outcome window_transaction_end(struct window_transaction *t, rd_kafka_t *group,
	int64_t next_offset, const struct transaction_patience *patience,
	struct kafka_trouble *trouble);

#endif
