/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * worker_burst() as it would be without the undo record: the same sources, built a second time.
 */
#ifndef PERF_WITHOUT_UNDO_H
#define PERF_WITHOUT_UNDO_H

#include "dataplane/worker.h"

void worker_burst_without_undo(struct worker *w, struct rte_mbuf **frames, uint16_t n);

#endif
