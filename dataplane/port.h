/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A port: a device with its queues, opened and started.
 */
#ifndef DATAPLANE_PORT_H
#define DATAPLANE_PORT_H

#include "dataplane/dataplane.h"
#include "dataplane/exception_lane.h"
#include "dataplane/link.h"
#include "dataplane/port_counts.h"
#include "dataplane/steering.h"
#include "dataplane/xdp_program.h"
#include "dataplane/xdp_sockets.h"

#include <rte_mempool.h>

struct port {
	uint16_t id; // DPDK's
	uint16_t queues;
	bool local;
	bool sends;     // what is sent comes to somebody
	bool probed;    // by us: close removes the device
	bool xdp;       // our program is on the interface
	bool xdp_gone;  // and is not there any more, as far as was seen
	bool exception; // an interface of the kernel is wanted
	char device[DATAPLANE_DEVICE_MAX];
	char driver[64];
	char how[32]; // frames of the reaction port come to us
	struct steering steering;
	struct xdp_program program;
	struct xdp_sockets sockets;
	uint16_t rx_ring;     // descriptors a queue
	uint16_t other_queue; // beyond those of the workers; or NO_QUEUE
	struct rte_mempool *pool;
	struct link link;
	struct port_counts counts;
};

/*
 * Opens one device ("auto" excluded) and starts it with this many queues. 0, or -errno with a
 * sentence in error; then nothing of it stays.
 */
int port_open(struct port *p, const struct dataplane_port *config, uint16_t reaction_port,
	char *error, size_t cap);

/*
 * Of those that are cards, all opened: waits until every one has a link, some seconds in all, and
 * says what it is.
 */
void port_await_links(struct port *ports, unsigned n);

/* About once a second: logs a link that came or went and a program that was taken off, and
 * remembers what the device counted. */
void port_watch(struct port *p);

/* Nothing new is taken from an interface of the kernel; what waits in the queues still is. */
void port_pause(struct port *p);

void port_close(struct port *p);

void port_info(const struct port *p, struct dataplane_port_info *out);

#endif
