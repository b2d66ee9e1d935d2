/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/merger_nodes.h"

#include "control/cluster/log.h"

#include <stdio.h>
#include <string.h>

/* NULL: there are too many already. */
static struct merger_node *find(struct merger_nodes *m, const char *name)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (strcmp(m->nodes[i].node.name, name) == 0)
			return &m->nodes[i];
	}
	if (m->n == MERGER_NODES_MAX)
		return NULL;
	struct merger_node *fresh = &m->nodes[m->n++];
	memset(fresh, 0, sizeof(*fresh));
	snprintf(fresh->node.name, sizeof(fresh->node.name), "%s", name);
	return fresh;
}

static void tell_here(struct merger_node *n)
{
	if (n->told != NODE_HERE)
		LOG_NOTICE("node %s reports: its windows are waited for", n->node.name);
	n->told = NODE_HERE;
}

static void tell_gone(struct merger_node *n, enum partition_event event)
{
	if (n->told != NODE_GONE && event == NODE_LEFT)
		LOG_NOTICE("node %s has left", n->node.name);
	else if (n->told != NODE_GONE)
		LOG_WARNING("node %s has stopped reporting: its windows are no longer waited for, "
			    "and what it counts comes when it is back",
			n->node.name);
	n->told = NODE_GONE;
}

static void tell_differs(struct merger_node *n, uint64_t window_ms)
{
	if (!n->differs_told)
		LOG_WARNING("node %s has windows of %lu ms, which are not ours: set "
			    "window_ms alike on all nodes",
			n->node.name, (unsigned long)window_ms);
	n->differs_told = true;
}

static void tell_too_many(struct merger_nodes *m)
{
	if (!m->too_many_told)
		LOG_ERROR("there are more than %d nodes in the topic of tallies: those beyond are "
			  "not merged",
			PARTITION_NODES_MAX);
	m->too_many_told = true;
}

static void tell(struct merger_node *n, enum partition_event event, uint64_t value)
{
	switch (event) {
	case NODE_JOINED:
		tell_here(n);
		break;
	case NODE_DROPPED:
	case NODE_LEFT:
		tell_gone(n, event);
		break;
	case NODE_WINDOWS_DIFFER:
		tell_differs(n, value);
		break;
	case NODE_LATE:
		n->node.late++;
		break;
	case SOURCE_RETIRED_SPEAKS:
		LOG_WARNING("node %s speaks of an arena whose tallies were retired: they are not "
			    "counted twice",
			n->node.name);
		break;
	default:
		break;
	}
}

void merger_nodes_event(
	struct merger_nodes *m, enum partition_event event, const char *node, uint64_t value)
{
	if (event == NODES_TOO_MANY)
		return tell_too_many(m);
	if (event == RECORD_MALFORMED) {
		LOG_WARNING("a record in the topics is malformed and left out");
		return;
	}
	struct merger_node *n = find(m, node);
	if (n != NULL)
		tell(n, event, value);
}

/* The newest report of each; whether it is waited for is what the partition says that has it. */
void merger_nodes_take(struct merger_nodes *m, const struct partition_node *nodes, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct merger_node *here = find(m, nodes[i].name);

		if (here == NULL || nodes[i].ends < here->node.ends)
			continue;
		uint64_t late = here->node.late;
		here->node = nodes[i];
		here->node.late = late;
	}
}

unsigned merger_nodes_read(const struct merger_nodes *m, struct partition_node *out)
{
	for (unsigned i = 0; i < m->n; i++)
		out[i] = m->nodes[i].node;
	return m->n;
}
