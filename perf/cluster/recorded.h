/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What ingest nodes have put into one partition of the tallies at the end of a window, as it lies
 * in the topic: of each node the tallies of all channels, then its report. In each window
 * everybody's counts have grown.
 */
#ifndef PERF_CLUSTER_RECORDED_H
#define PERF_CLUSTER_RECORDED_H

#include "control/cluster/record.h"

enum { RECORDED_REACTIONS = 16, RECORDED_PEOPLE = 100, RECORDED_WINDOW_MS = 2000 };

struct recorded_at {
	uint32_t key_len, value_len; // the value follows its key
	uint8_t *key;
};

struct recorded {
	unsigned nodes, channels;
	uint64_t window; // how many there were
	size_t n;
	struct recorded_at *records;
	uint8_t *bytes;
	size_t len;
	struct hyperloglog *people; // of windows, taken in turn
};

/* 0 or -ENOMEM. There is no window yet. */
int recorded_open(struct recorded *r, unsigned nodes, unsigned channels);
void recorded_close(struct recorded *r);

/* The records of the next window take the place of those of the last one. */
void recorded_next(struct recorded *r);

/* When it ended, Unix milliseconds. */
uint64_t recorded_ends(const struct recorded *r);

/* Of all nodes in a channel, or in all channels, up to the window. */
uint64_t recorded_channel_taps(const struct recorded *r, unsigned channel);
uint64_t recorded_taps(const struct recorded *r);

#endif
