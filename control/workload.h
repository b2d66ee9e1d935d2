/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What each worker had to do in the last window: how much of its time, what a datagram cost, and
 * its share of its port. A queue that takes nearly all of its port leaves the other workers idle;
 * that is warned about.
 */
#ifndef CONTROL_WORKLOAD_H
#define CONTROL_WORKLOAD_H

#include "control/store.h"

enum {
	WORKLOAD_SKEWED = 800,       // permille of a port on one of its queues: warned about
	WORKLOAD_EVEN = 700,         // and forgotten when it is less than this
	WORKLOAD_ENOUGH = 10000,     // frames of a port in a window, below which chance may do it
	WORKLOAD_SILENCE_MS = 60000, // between two warnings about a port
};

/* Sums of a worker that only grow; or by how much they grew. */
struct workload_sums {
	uint64_t rx;
	uint64_t bursts;
	uint64_t ticks_all;
	uint64_t ticks_busy;
};

struct workload_worker {
	struct dataplane_queue queue;
	struct workload_sums at_end; // of the last window
	struct workload_sums in;     // the last window
	unsigned share_permille;     // of the frames of its port in it; 0 if there were none
};

struct workload_port {
	unsigned queues;
	uint64_t rx; // in the last window
	int skewed;  // the queue that was warned about, or -1
	bool warned; // ever
	uint64_t warned_at_ms;
};

struct workload {
	unsigned n_workers;
	unsigned n_ports;
	struct workload_worker workers[DATAPLANE_WORKERS_MAX];
	struct workload_port ports[DATAPLANE_PORTS_MAX];
};

/* The first window begins now. */
void workload_init(struct workload *w, const struct store *s, const struct dataplane *d);

/* A window ended now. */
void workload_update(struct workload *w, const struct store *s);

/*
 * Is there something to say about a port? The worker of the queue that takes nearly all, or NULL.
 * Asked once after each window; what is returned counts as said.
 */
const struct workload_worker *workload_skew(struct workload *w, unsigned port, uint64_t now_ms);

/* Logs it. */
void workload_warn(struct workload *w, const struct dataplane *d, uint64_t now_ms);

#endif
