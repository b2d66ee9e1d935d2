/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The DPDK device that leads to an appliance: memif (the appliance is the server), af_packet on the
 * kernel's end of its TAP, or, for who generates, a network card.
 */
#ifndef CLIENT_DEVICE_DEVICE_H
#define CLIENT_DEVICE_DEVICE_H

#include "client/device/unmap.h"
#include "client/relay/frame_build.h"

struct rte_mbuf;
struct rte_mempool;

enum { DEVICE_QUEUES_MAX = 16 };

struct device {
	uint16_t port, queues;
	struct rte_mempool *pool;                   // of frames that come, and of parcels
	struct unmap_lock locks[DEVICE_QUEUES_MAX]; // one a transmit queue; all for a change
	const char *driver;
	bool reconnects; // has to be started again for that
	bool started;
	bool restarting; // an alarm is set for it
	uint64_t retry_at;
};

/* A datagram to hand on. */
struct parcel {
	struct flow flow;
	const uint8_t *payload;
	uint16_t len;
};

enum { DEVICE_BURST = 64, DEVICE_RETRY_MS = 200 };

/*
 * Starts EAL and the device, an EAL --vdev argument, with one queue; without hugepages, without
 * PCI, without telemetry, and without a file that stays behind. May be called once in a process. 0,
 * or -errno after a complaint.
 */
int device_open(struct device *d, const char *vdev, bool verbose);

/*
 * Takes the device that EAL, which was started with it, has made, with so many transmit queues. 0,
 * or -errno after a complaint that calls it by its name; then EAL has ended.
 */
int device_attach(struct device *d, const char *name, unsigned queues);

/*
 * Starts the device, and waits until the appliance is there, until the deadline, or until
 * interrupt_fd becomes readable. 0, -EINTR, or another -errno after a complaint.
 */
int device_await_link(struct device *d, uint64_t deadline, int interrupt_fd);

/*
 * Is the appliance there? If it was and went, this tries to reach it again every DEVICE_RETRY_MS
 * where that takes another start (memif, whose driver does not by itself). Thread-safe.
 */
bool device_has_link(struct device *d);

/*
 * Hands on the first of n parcels (at most DEVICE_BURST) and returns how many, in order: fewer if
 * the device is full, 0 without a link. Thread-safe. Payloads fit in a frame (frame_build()).
 */
unsigned device_send(struct device *d, const struct parcel *parcels, unsigned n);

/*
 * Hands the first of n frames to a transmit queue and returns how many: fewer if it is full, 0
 * without a link. The others stay the caller's. For one thread a queue.
 */
unsigned device_transmit(struct device *d, unsigned queue, struct rte_mbuf **frames, unsigned n);

/* A frame that came. */
typedef void device_handler(void *ctx, const uint8_t *frame, size_t len);

/*
 * Takes what came, at most DEVICE_BURST frames, and returns how many; 0 without a link. For one
 * thread. What came in pieces is dropped: no answer is as long.
 */
unsigned device_receive(struct device *d, device_handler *handler, void *ctx);

void device_close(struct device *d);

#endif
