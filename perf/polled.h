/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A port that receives: worker_run(), as the appliance runs it, and the same loop without counting,
 * in turn: receive and free; receive, read the first 8 bytes and free.
 */
#ifndef PERF_POLLED_H
#define PERF_POLLED_H

#include "perf/bench.h"

/*
 * Two rows of a group: for the case of the rig, and for touching. The sender is a process of this
 * machine, or 0. Returns 0, or -errno after a complaint.
 */
int polled_measure(struct bench *b, const char *group, struct rig *r, uint16_t port, pid_t sender);

#endif
