/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Recycled packet buffers as a source of frames: a memory pool without a cache, a first-in
 * first-out ring, so that exactly so many buffers are in use, in turn.
 */
#ifndef PERF_BUFFERS_H
#define PERF_BUFFERS_H

#include "dataplane/worker.h"
#include "perf/cases.h"

struct buffers {
	const struct bench_case *c;
	unsigned n;
	struct rte_mempool *pool;
	struct rte_mbuf **all;
	uint64_t next; // datagram of a sequenced case
	unsigned step; // to the next: other sources make those between
};

/*
 * Writes a frame into each, from the first datagram on. One set for each id and size is kept for
 * reuse. 0 or -errno.
 */
int buffers_open(
	struct buffers *b, const struct bench_case *c, uint64_t first, unsigned id, unsigned ids);
void buffers_close(struct buffers *b);

/* The frames of a sequenced case become the next ones. Not to be timed. */
void buffers_renew(struct buffers *b);

/* The next n frames: take a burst, read the first 8 bytes of each, free. Ticks of it all. */
uint64_t buffers_touch(struct buffers *b, unsigned n);

/* The next n frames through worker_burst(). Ticks of it all. */
uint64_t buffers_count(struct buffers *b, unsigned n, struct worker *w);

#endif
