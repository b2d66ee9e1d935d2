/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When the appliance goes, DPDK's memif driver unmaps the rings in DPDK's interrupt thread at once,
 * while a sender may be writing in them, which then dies of SIGSEGV. The driver marks the device as
 * not connected before, so whoever begins to send later stays out of the rings. unmap.c therefore
 * takes the place of munmap() for the interrupt thread: it waits for the sender to come out.
 *
 * The driver must find it: programs are linked with --export-dynamic-symbol=munmap.
 */
#ifndef CLIENT_DEVICE_UNMAP_H
#define CLIENT_DEVICE_UNMAP_H

#include <pthread.h>

/* Each sender has a cache line of its own. */
struct unmap_lock {
	pthread_mutex_t mutex;
} __attribute__((aligned(64)));

/*
 * From here on the interrupt thread unmaps only while it holds all of these locks, of which each
 * sender has its own while it sends. Who holds one must not wait for the interrupt thread. 0: no
 * sender any more.
 */
void unmap_guard(struct unmap_lock *locks, unsigned n);

#endif
