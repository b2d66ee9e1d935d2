/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/placement.h"

#include <stdbool.h>
#include <stdio.h>

int placement_node(const struct placement *p)
{
	return p->port_node >= 0 ? p->port_node : p->cpu_node;
}

static bool is_far(const struct placement *p)
{
	return p->port_node >= 0 && p->cpu_node != p->port_node;
}

static bool lies_far(const struct placement *p)
{
	return p->pages_elsewhere > 0;
}

/* The first of those that it is true of, and how many they are. */
static unsigned find(const struct placement *workers, unsigned n,
	bool (*fault)(const struct placement *), unsigned *count)
{
	unsigned first = n;

	*count = 0;
	for (unsigned i = n; i-- > 0;) {
		if (!fault(&workers[i]))
			continue;
		first = i;
		++*count;
	}
	return first;
}

void placement_judge(const struct placement *workers, unsigned n, char *out, size_t cap)
{
	unsigned count, first = find(workers, n, is_far, &count);
	size_t used = 0;

	out[0] = '\0';
	if (count > 0)
		used = (size_t)snprintf(out, cap,
			"%u of %u workers run on another NUMA node than their port: worker %u on "
			"CPU %u of node %d, its port is on node %d: name CPUs of that node in "
			"cores",
			count, n, first, workers[first].cpu, workers[first].cpu_node,
			workers[first].port_node);
	first = find(workers, n, lies_far, &count);
	if (count > 0 && used < cap)
		snprintf(out + used, cap - used,
			"%sthe tallies of %u of %u workers lie on another NUMA node: %zu pages of "
			"worker %u are not on node %d: see free_hugepages below "
			"/sys/devices/system/node/node%d",
			used > 0 ? "; " : "", count, n, workers[first].pages_elsewhere, first,
			placement_node(&workers[first]), placement_node(&workers[first]));
}
