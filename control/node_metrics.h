/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a node that counts nothing knows of itself, as metrics.
 */
#ifndef CONTROL_NODE_METRICS_H
#define CONTROL_NODE_METRICS_H

/* node: a struct node. As metrics_collect(). */
char *node_metrics(void *node);

#endif
