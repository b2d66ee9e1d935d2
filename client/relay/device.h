/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The DPDK device through which the appliance receives: memif (the appliance is the server), or
 * af_packet on the kernel's end of the appliance's TAP. Without hugepages, without PCI, without
 * telemetry, and without a file that stays behind.
 */
#ifndef CLIENT_RELAY_DEVICE_H
#define CLIENT_RELAY_DEVICE_H

#include "client/relay/frame_build.h"

#include <pthread.h>

struct rte_mempool;

struct device {
	uint16_t port;
	struct rte_mempool *pool;
	pthread_mutex_t lock; // one transmit queue, two threads
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
 * Starts EAL and the device, an EAL --vdev argument; may be called once in a process. 0, or -errno
 * after a complaint.
 */
int device_open(struct device *d, const char *vdev, bool verbose);

/*
 * Waits until the appliance is there, until the deadline, or until interrupt_fd becomes readable.
 * 0, -EINTR, or -ETIMEDOUT after a complaint.
 */
int device_await_link(struct device *d, uint64_t deadline, int interrupt_fd);

/*
 * Is the appliance there? If it was and went, this tries to reach it again (the memif driver does
 * not by itself), at most every DEVICE_RETRY_MS. Thread-safe.
 */
bool device_has_link(struct device *d);

/*
 * Hands on the first of n parcels (at most DEVICE_BURST) and returns how many, in order: fewer if
 * the device is full, 0 without a link. Thread-safe. Payloads fit in a frame (frame_build()).
 */
unsigned device_send(struct device *d, const struct parcel *parcels, unsigned n);

/* A frame that came. */
typedef void device_handler(void *ctx, const uint8_t *frame, size_t len);

/*
 * Takes what came, at most DEVICE_BURST frames, and returns how many; 0 without a link. For one
 * thread. What came in pieces is dropped: no answer is as long.
 */
unsigned device_receive(struct device *d, device_handler *handler, void *ctx);

void device_close(struct device *d);

#endif
