/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Grace periods: knowing that every worker has left what it was in (DPDK's RCU library). A worker
 * says once a turn of its loop that it holds nothing.
 *
 * It is needed for DPDK's memif driver: when a peer goes away, DPDK's interrupt thread unmaps the
 * shared rings at once, while a worker may be reading them, which then dies of SIGSEGV. The driver
 * marks the port as not connected before, so a worker that has come round once does not enter the
 * rings again. grace.c therefore takes the place of munmap() for DPDK's interrupt thread: it waits
 * for that before it unmaps.
 *
 * The same is needed for captures: when one ends, librte_pdump takes its callback off a queue and
 * answers the process that captured, which then frees what a worker may still be copying into. DPDK
 * leaves it to who removes a callback to wait, so grace.c does it in its place.
 *
 * Policies and keys of tickets that others have replaced are freed after a grace period, too; see
 * dataplane_grace().
 */
#ifndef DATAPLANE_GRACE_H
#define DATAPLANE_GRACE_H

#include <rte_rcu_qsbr.h>

/*
 * For workers 0 to n - 1; each takes part from its first turn to its last. The memory is DPDK's and
 * goes with it, for the interrupt thread may be waiting at any time. NULL: no memory.
 */
struct rte_rcu_qsbr *grace_begin(unsigned workers);

#endif
