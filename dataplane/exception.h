/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The exception port: the kernel's way in and out through a network card that DPDK has taken from
 * it. An interface of the kernel with the card's MAC gets what is no datagram for the reaction
 * port, and what the kernel sends through it leaves by the card; so ping, ARP, neighbour discovery,
 * ssh and the fan-out's TCP work on the same wire.
 *
 *   card -> worker -> ring of the worker -> thread -> interface -> kernel
 *   card <- worker <- ring of the port   <- thread <- interface <- kernel
 *
 * Workers classify and never wait (exception_lane.h). The thread, one for all ports, runs beside
 * control. It makes the system calls, and naps for up to a millisecond when there is nothing to do.
 * All frames, both ways, lie in buffers of the card's own pool: a queue that frees sent ones
 * together wants them of one. The thread may lose its processor at any time, in the midst of taking
 * or giving back buffers, too. In a plain ring workers would wait for it at once; in this one
 * (EXCEPTION_POOL_OPS) only when they have moved on by an eighth of the pool meanwhile, and what
 * they keep in their caches comes first.
 *
 * The interface goes with the process, however it ends, and its addresses with it.
 */
#ifndef DATAPLANE_EXCEPTION_H
#define DATAPLANE_EXCEPTION_H

#include "dataplane/dataplane.h"
#include "dataplane/exception_lane.h"

#include <pthread.h>
#include <rte_mempool.h>
#include <rte_rcu_qsbr.h>
#include <stdatomic.h>

#define EXCEPTION_POOL_OPS "ring_mt_rts"

enum {
	/* Buffers that are under way or wait in the interface, besides those of the lanes. */
	EXCEPTION_BUFFERS = 2 * EXCEPTION_RING,
	EXCEPTION_INTERFACE_MAX = 16, // with the zero, as the kernel has it
};

struct exception {
	bool open;
	bool gone;      // and it was said
	unsigned index; // of the interface, the kernel's
	uint16_t port;  // DPDK's, of the interface
	unsigned lanes;
	struct rte_ring *to_kernel[DATAPLANE_WORKERS_MAX]; // one a worker of the card
	struct rte_ring *from_kernel;
	unsigned per_second; // frames to the kernel, all lanes
	uint32_t frame_max;  // bytes of a frame that the card sends
	char interface[EXCEPTION_INTERFACE_MAX];
	char driver[32];
	uint64_t delivered;   // to the kernel; thread: wo, control: ro
	uint64_t kernel_full; // not taken by the interface
	uint64_t taken;       // from the kernel
	uint64_t not_handed; // of these: too long for the card, or no room on the way to the worker
};

struct exception_wanted {
	uint16_t port;         // DPDK's, of the card
	unsigned number;       // of the port in the configuration
	const char *device;    // as it was configured, for messages
	const char *interface; // NULL: uproar and the number
	unsigned per_second;
	unsigned lanes; // workers of the card
	struct rte_mempool *pool;
};

/*
 * Makes the interface and brings it up: virtio-user where the kernel's vhost-net works, else TAP.
 * 0, or -errno with a sentence in error; then nothing of it stays.
 */
int exception_open(
	struct exception *e, const struct exception_wanted *wanted, char *error, size_t cap);

/* Does nothing to one that was never opened. */
void exception_close(struct exception *e);

/* The end of the worker of this number, of those of the port. */
void exception_join(const struct exception *e, unsigned lane, struct exception_lane *out);

/* About once a second: says once if the interface was taken away or down behind our back. */
void exception_watch(struct exception *e);

/* What went through it; of the way back, as far as the worker. */
void exception_info(const struct exception *e, struct dataplane_exception *out);

/* Carries what waits, one round; whether there was anything. */
bool exception_carry(struct exception *e);

/* The thread over the exceptions of all ports. It takes part in grace periods (grace.h), for
 * captures may be taken of the interface, too. */
struct exception_thread {
	pthread_t thread;
	bool running;
	atomic_bool stop; // control: wo, thread: ro
	struct rte_rcu_qsbr *grace;
	unsigned grace_id; // its number there, behind those of the workers
	struct exception *of[DATAPLANE_PORTS_MAX];
	unsigned n;
};

/* 0 or -errno. With none to carry for nothing is started. */
int exception_thread_start(struct exception_thread *t);
void exception_thread_stop(struct exception_thread *t);

#endif
