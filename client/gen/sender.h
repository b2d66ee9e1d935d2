/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One core that sends: it makes frames, keeps the rate, and counts. It has a queue of the device, a
 * pool of buffers and a crowd of its own, and shares nothing with another one.
 */
#ifndef CLIENT_GEN_SENDER_H
#define CLIENT_GEN_SENDER_H

#include "client/device/device.h"
#include "client/traffic/tally.h"

#include <stdatomic.h>

struct rte_mempool;

/* From the seed of a part to that of the next one; the first has that of the spec. */
enum { SENDER_SEED_STEP = (TRAFFIC_SEED_MAX + 1) / DEVICE_QUEUES_MAX };

/* What was done since the last order. Frames, unless it says something else. */
struct sender_counts {
	uint64_t offered;           // to the device's ring
	uint64_t refused;           // by a ring that was full, and not offered again
	uint64_t late;              // due, but never offered: the core was too slow, or away
	uint64_t full;              // bursts that the ring did not take whole
	struct traffic_tally tally; // of frames sent: what the appliance has to do with them
	uint64_t answers;
	uint64_t ticks;              // from the first to the last
	uint64_t busy_ticks;         // of these, making and handing over frames
	uint64_t whole, whole_ticks; // frames of bursts that were taken whole, and their time
	uint64_t pause_ticks;        // the longest between two looks at the clock
	uint64_t switches;           // involuntary context switches
	bool spent;                  // a session would run out of sequence numbers
};

struct sender_order {
	double rate;    // frames a second of this core; 0: as many as the ring takes
	double seconds; // how long
};

struct sender {
	struct device *device;
	unsigned queue, lcore;
	bool ring_is_theirs; // a frame that finds it full is lost, as it is in a NIC that is full
	bool answers;        // are asked for, and counted: one core does
	struct rte_mempool *pool;
	struct traffic traffic;
	uint64_t next; // number of the next frame
	uint64_t end;  // of the first one for which a session has no sequence number left
	struct sender_order order;
	atomic_bool *stop;                  // control: wo, sender: ro
	atomic_uint_fast64_t offered, sent, // sender: wo, control: ro, while it runs
		refused, answered;
	struct sender_counts counts; // sender: wo, control: ro once it has ended
} __attribute__((aligned(64)));

/*
 * With one part of as many of the sessions, none of which another part has, nor a run with another
 * seed, if both are below SENDER_SEED_STEP. 0, or -errno after a complaint.
 */
int sender_open(struct sender *s, const struct traffic_spec *spec, unsigned parts);
void sender_close(struct sender *s);

/* Carries out the order; an lcore's function. */
int sender_run(void *sender);

/* Counts what came back; not while it runs. */
void sender_take_answers(struct sender *s);

#endif
