/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* In place of DPDK's rte_pktmbuf_free_bulk(), which would give the buffers to a pool; in
 * dataplane_worker.c. */
#ifndef TESTS_FREED_FRAMES_H
#define TESTS_FREED_FRAMES_H

#include "dataplane/worker.h"

extern unsigned freed;                              // how many, ever
extern struct rte_mbuf *freed_frames[WORKER_BURST]; // frame n at n modulo WORKER_BURST

#endif
