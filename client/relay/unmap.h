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
#ifndef CLIENT_RELAY_UNMAP_H
#define CLIENT_RELAY_UNMAP_H

#include <pthread.h>

/*
 * From here on the interrupt thread unmaps only while it holds this lock, which a sender has while
 * it sends. Who holds it must not wait for the interrupt thread. NULL: no sender any more.
 */
void unmap_guard(pthread_mutex_t *lock);

#endif
