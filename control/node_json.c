/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/node_json.h"

#include "control/cluster_json.h"
#include "control/fanout_json.h"
#include "control/node.h"

#include <unistd.h>

char *node_json(const struct node *n)
{
	double uptime = (double)(window_clock_read().monotonic - n->started_ns) / 1e9;
	json_t *object = json_pack("{s:s, s:s, s:o, s:i, s:f, s:o, s:o, s:o}", "version",
		UPROAR_VERSION, "name", n->config->name, "roles", roles_json(n->config->roles),
		"pid", (int)getpid(), "uptime_s", uptime, "cluster",
		cluster_json(n->cluster, n->config), "fanout", fanout_json(n->fanout), "delivery",
		delivery_json(n->fanout));
	char *text =
		object != NULL ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;

	json_decref(object);
	return text;
}
