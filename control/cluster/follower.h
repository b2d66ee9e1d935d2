/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Fan-out: the newest frame of each channel out of Kafka, from the beginning of the topic at the
 * start, and then as they come. Runs on the control thread; never waits. When the brokers are gone
 * it keeps what it had.
 */
#ifndef CONTROL_CLUSTER_FOLLOWER_H
#define CONTROL_CLUSTER_FOLLOWER_H

#include "control/cluster/record.h"
#include "control/config.h"
#include "fanout/histogram.h"

struct follower;

struct follower_sink {
	/* The newest frame of its channel; record->open false: subscribers are to lose it. */
	void (*frame)(void *context, const struct record_frame *record);
	/* The catalogue that clients are to have; JSON on one line. */
	void (*catalogue)(void *context, const char *json, size_t len);
	/* Behind the last frame for now; ends_ms: of the newest window among them. */
	void (*flush)(void *context, uint64_t ends_ms);
	void *context;
};

struct follower_status {
	bool caught_up;  // has read once to the end of all partitions
	uint64_t frames; // taken
	uint64_t malformed;
	uint64_t older;             // that were older than what we had of their channel
	unsigned channels;          // open now
	uint64_t window;            // the newest
	uint64_t ends;              // its end, Unix ms; 0: none yet
	uint64_t oldest_ends;       // of the partition (with open channels) that is furthest behind
	struct histogram behind_ns; // from the end of a window until its frames were handed over
	char complaint[512];
};

int follower_open(struct follower **out, const struct config *config,
	const struct follower_sink *sink, int wake, char *error, size_t cap);
void follower_serve(struct follower *f);
void follower_close(struct follower *f);
void follower_read_status(const struct follower *f, struct follower_status *out);

#endif
