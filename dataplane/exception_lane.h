/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A worker's end of the way to the kernel and back (exception.h). Frames that are none of ours go
 * onto a ring, within what the kernel gets a second, and what the kernel sends comes from another
 * and leaves on the worker's own queue: a network card need not have more queues to send than to
 * receive. Neither waits, and both are bounded, so that a flood on either side takes nothing from
 * counting.
 */
#ifndef DATAPLANE_EXCEPTION_LANE_H
#define DATAPLANE_EXCEPTION_LANE_H

#include "dataplane/allowance.h"

#include <stdbool.h>
#include <stdint.h>

struct rte_mbuf;
struct rte_ring;
struct worker;

enum { NO_QUEUE = UINT16_MAX };

enum {
	EXCEPTION_RING = 1024,    // frames
	EXCEPTION_RETURN_MAX = 32 // that a worker sends for the kernel in one turn
};

struct exception_lane {
	bool on;
	struct rte_ring *to_kernel; // from this worker alone
	struct allowance allowance;
	struct rte_ring *from_kernel; // NULL: another worker of the port has it
	uint64_t returned;            // frames of the kernel sent; worker: wo, control: ro
	uint64_t return_full;         // and those for which the queue had no room
};

/*
 * Inside a burst: hands on the frames whose bits are set, and counts them as passed, or as refused
 * if there are more than the kernel gets or takes. Returns the bits of those that are the worker's
 * no more.
 */
uint64_t exception_pass(struct worker *w, struct rte_mbuf **frames, uint64_t which);

/* Between two bursts: sends what the kernel sent, if the lane has it. */
void exception_return(struct worker *w);

#endif
