/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The cluster as metrics.
 */
#ifndef CONTROL_METRICS_CLUSTER_H
#define CONTROL_METRICS_CLUSTER_H

#include "control/cluster/cluster.h"
#include "control/metrics.h"

/* Nothing if c is NULL. */
void metrics_cluster(struct metrics *m, struct cluster *c);

#endif
