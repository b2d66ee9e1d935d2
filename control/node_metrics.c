/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/node_metrics.h"

#include "control/metrics_cluster.h"
#include "control/metrics_fanout.h"
#include "control/node.h"

#include <stdlib.h>

char *node_metrics(void *node)
{
	const struct node *n = node;
	struct metrics m;

	metrics_begin(&m);
	metrics_count(&m, METRIC_build_info, 1, "version=\"%s\"", UPROAR_VERSION);
	metrics_gauge(&m, METRIC_start_time, (double)n->started_wall_ms / 1e3, "%s", "");
	metrics_fanout(&m, n->fanout);
	metrics_cluster(&m, n->cluster);
	if (!m.failed)
		return m.text;
	free(m.text);
	return NULL;
}
