/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Ingest: this node's cumulative tallies go out to Kafka at the end of each window, without waiting
 * for anything. Runs on the control thread.
 *
 * It keeps no queue: a row that has grown is marked, and at most one round of records is on its way
 * to a partition at a time. While Kafka is away the marks stay, and when the round has come through
 * the newest state of all marked rows goes out at once. So memory is bounded by one round, and an
 * outage costs no tap. A new process begins with all rows marked.
 */
#ifndef CONTROL_CLUSTER_PUBLISHER_H
#define CONTROL_CLUSTER_PUBLISHER_H

#include "control/config.h"
#include "control/windows.h"

struct publisher;

struct publisher_status {
	uint64_t rounds;      // of a partition, that came through whole
	uint64_t records;     // tallies delivered, since the start
	uint64_t bytes;       // keys and values, before compression
	uint64_t failed;      // records that the broker or the time took; they go again
	uint64_t window;      // number of the last window that all partitions have of us; 0: none
	uint64_t ends;        // its end, Unix milliseconds
	uint64_t marked_rows; // that have grown since
	bool topics_good;
	char complaint[512]; // why nothing goes out now; "": nothing
};

/* wake: an eventfd that it makes readable when publisher_serve() has something to do. 0, or -errno
 * with a sentence (a wrong option; that no broker is there is no error). */
int publisher_open(struct publisher **out, const struct config *config, const struct windows *w,
	int wake, char *error, size_t cap);
/* A window was closed. */
void publisher_window(struct publisher *p, const struct windows *w);
void publisher_serve(struct publisher *p, const struct windows *w);
/* orderly: behind the last window; says that this node leaves, and waits for some seconds until its
 * last state is there. */
void publisher_close(struct publisher *p, const struct windows *w, bool orderly);
void publisher_read_status(const struct publisher *p, struct publisher_status *out);

#endif
