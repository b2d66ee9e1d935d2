/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A worker: one lcore, one queue. worker_burst() is what it does with a burst of frames; tests and
 * benchmarks call the same function. worker_loop.c polls.
 */
#ifndef DATAPLANE_WORKER_H
#define DATAPLANE_WORKER_H

#include "dataplane/allowance.h"
#include "dataplane/answering.h"
#include "dataplane/counter.h"
#include "dataplane/edition.h"
#include "dataplane/exception_lane.h"
#include "dataplane/grace.h"
#include "dataplane/idle.h"
#include "dataplane/packet.h"
#include "dataplane/single_shape.h"

#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <stdatomic.h>

enum { WORKER_BURST = 64, WORKER_FRAME_MAX = 65536 };

/* Everything that the core touches for a datagram hangs on this structure. */
struct worker {
	struct counter counter;
	struct allowance unsequenced;
	bool timed;          // something of the policy depends on the time
	uint64_t time_scale; // ticks of the TSC to session_limits.h, 2^64 for one
	struct packet_rules rules;
	bool wide; // the processor compares 64 bytes at once
	struct single_shape shape;
	struct answering answering;
	struct exception_lane exception;
	struct worker_block *block; // in the arena
	uint16_t port;
	uint16_t queue;
	bool runs_errands;    // those of the next line, and those of its lane
	uint16_t other_queue; // of the port, for what the device keeps from the others; or NO_QUEUE
	unsigned lcore;
	unsigned id;             // among the workers
	unsigned workers;        // how many there are
	const atomic_bool *stop; // control: wo, worker: ro
	const struct policy_notice *notice;
	unsigned edition; // number of the one that it has
	struct rte_rcu_qsbr *grace;
	struct idle idle;
	struct load_clock clock;
	uint64_t tick_hz; // of the time stamp counter
	uint64_t idle_us; // how long a frame may wait for it to wake up; 0: it never sleeps
	uint8_t *linear;  // WORKER_FRAME_MAX bytes: frames in several segments are copied here
};

/* What time it is for limits (session_limits.h). */
static inline uint32_t worker_time(const struct worker *w)
{
	return (uint32_t)((unsigned __int128)rte_rdtsc() * w->time_scale >> 64);
}

/* Once counter and rules are set: takes over the limits of the policy, for one of so many workers,
 * and finds out what the processor can do. */
void worker_prepare(struct worker *w, unsigned workers);

/* Between two bursts: takes the edition that is announced. */
void worker_take_edition(struct worker *w);

/* Counts n frames, sends some of them back as answers and frees the others. */
void worker_burst(struct worker *w, struct rte_mbuf **frames, uint16_t n);

/* Polls until stop; for rte_eal_remote_launch(). */
int worker_run(void *worker);

#endif
