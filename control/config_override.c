/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config.h"

#include <errno.h>
#include <stdio.h>

int config_override(struct config *c, const struct config_overrides *o, char *error, size_t cap)
{
	if (o->name != NULL)
		c->name = o->name;
	if (o->user != NULL)
		c->user = o->user[0] != '\0' ? o->user : NULL;
	if (o->device != NULL) {
		c->n_ports = 1;
		c->ports[0] = (struct dataplane_port){.device = o->device,
			.queues = 1,
			.local = -1,
			.exception = -1,
			.exception_per_second = CONFIG_EXCEPTION_PER_SECOND};
	}
	for (unsigned i = 0; i < o->n_eal; i++) {
		if (c->n_eal == CONFIG_EAL_MAX) {
			snprintf(error, cap, "more than %d arguments for DPDK", CONFIG_EAL_MAX);
			return -E2BIG;
		}
		c->eal[c->n_eal++] = o->eal[i];
	}
	return 0;
}
