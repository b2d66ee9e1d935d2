/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One partition of ours, for the files that make it up. Taking it over: whoever had it is fenced;
 * then what it has published and what the nodes have counted is read to the end; then windows are
 * closed as they come. Whatever happens to a transaction whose outcome is not known, the partition
 * is taken over again, and what is in the topics says what came of it.
 */
#ifndef CONTROL_CLUSTER_SHARE_H
#define CONTROL_CLUSTER_SHARE_H

#include "control/cluster/merger_state.h"

enum {
	SHARE_TURN_MS = 100,  // how late it sees that it is to stop
	SHARE_AGAIN_MS = 500, // after something that did not come through
};

bool share_stops(const struct share *s);
void share_pause(const struct share *s, int ms);
uint64_t share_clock_ns(clockid_t clock);
uint64_t share_wall_ms(void);

/* What others see of it. */
void share_show(struct share *s, bool serves);
void share_show_window(struct share *s, uint64_t ends_ms);
void share_count(struct share *s, uint64_t *counter); // one of merger->status
void share_event(void *share, enum partition_event event, const char *node, uint64_t value);

/* What comes to queue within so many milliseconds, and what lies behind it, up to a bound or the
 * end of the partition, goes to take. Returns how much that was. */
unsigned share_take(struct share *s, rd_kafka_queue_t *queue, int wait_ms,
	void (*take)(struct share *s, const rd_kafka_message_t *m));
void share_take_tally(struct share *s, const rd_kafka_message_t *m);

/* Waits until the group says that we are a member of it, and so have what it gave us; false: until
 * it is to stop. */
bool share_await_membership(struct share *s);
/* 0, or -errno: the partition is let go, and taken over anew. */
int share_take_over(struct share *s);
void share_let_go(struct share *s);

#endif
