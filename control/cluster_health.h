/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * GET /healthz of a node in a cluster: it tells how old the newest frame is, and is renewed also
 * while none comes. Anybody may read it, so what there is to complain about is not in it, but for
 * that there is something.
 */
#ifndef CONTROL_CLUSTER_HEALTH_H
#define CONTROL_CLUSTER_HEALTH_H

#include "control/cluster/cluster.h"
#include "fanout/fanout.h"

struct cluster_health {
	uint64_t started_ms; // Unix time
	uint64_t next_ms;    // monotonic: when it is renewed
	uint64_t window;     // that it tells of now
};

/* Renews it each second, and when there are frames of another window. */
void cluster_health_turn(struct cluster_health *h, struct fanout *fanout, struct cluster *c,
	const struct config *config);

#endif
