/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include <string.h>

/* FNV-1a. Who chooses names to collide makes a search of a thousand names, no more. */
static unsigned slot_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name != 0; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash % PARTITION_NODE_SLOTS;
}

struct node *nodes_find(struct nodes *n, const char *name, bool add)
{
	unsigned slot = slot_of(name);

	for (; n->slots[slot] != 0; slot = (slot + 1) % PARTITION_NODE_SLOTS) {
		struct node *node = &n->all[n->slots[slot] - 1];

		if (strcmp(node->name, name) == 0)
			return node;
	}
	if (!add || n->n == PARTITION_NODES_MAX)
		return NULL;
	struct node *node = &n->all[n->n++];
	memcpy(node->name, name, strlen(name) + 1);
	n->slots[slot] = (uint16_t)n->n;
	return node;
}

/* One that is older than what the node has said says nothing of its arena: it is read again, or a
 * process of before speaks. */
static void take_arena(struct node *n, const struct record_report *r)
{
	n->spoke = r->generation;
	if (r->ends <= n->newest)
		return;
	n->newest = r->ends;
	if (n->generation == r->generation)
		return;
	n->generation = r->generation;
	n->since = r->ends;
	n->retired = false;
}

static void compare_windows(struct partition *p, struct node *n)
{
	bool differ = n->window_ms != p->rules.window_ms;

	if (differ && !n->windows_differ)
		partition_event(p, NODE_WINDOWS_DIFFER, n->name, n->window_ms);
	n->windows_differ = differ;
}

/* One that comes twice is late once. */
static void count_late(struct partition *p, struct node *n, bool again)
{
	if (!p->begun || again || n->ends > p->closed)
		return;
	n->late++;
	p->stats.late++;
	if (n->awaited)
		partition_event(p, NODE_LATE, n->name, n->ends);
	n->awaited = false;
}

static void take_presence(struct partition *p, struct node *n, bool leaves)
{
	bool was = n->live;

	n->live = !leaves;
	n->left = leaves;
	n->heard = true;
	n->missed = 0;
	if (was && leaves)
		partition_event(p, NODE_LEFT, n->name, n->ends);
	else if (!was && !leaves)
		partition_event(p, NODE_JOINED, n->name, n->ends);
}

void partition_report(struct partition *p, const struct record_report *r)
{
	struct node *n = nodes_find(&p->nodes, r->node, true);

	if (n == NULL) {
		partition_event(p, NODES_TOO_MANY, r->node, PARTITION_NODES_MAX);
		return;
	}
	bool again = n->spoke == r->generation && n->ends == r->ends;
	p->stats.records++;
	take_arena(n, r);
	n->ends = r->ends;
	n->window_ms = r->window_ms;
	count_late(p, n, again);
	take_presence(p, n, r->leaves);
	compare_windows(p, n);
}

bool partition_is_complete(const struct partition *p, uint64_t ends)
{
	for (unsigned i = 0; i < p->nodes.n; i++) {
		const struct node *n = &p->nodes.all[i];

		if (n->live && n->ends < ends)
			return false;
	}
	return true;
}

void partition_count_missed(struct partition *p, uint64_t ends)
{
	for (unsigned i = 0; i < p->nodes.n; i++) {
		struct node *n = &p->nodes.all[i];

		if (!n->live)
			continue;
		n->missed = n->heard ? 0 : n->missed + 1;
		n->heard = false;
		n->awaited = n->ends < ends;
		if (n->missed < p->rules.missed_windows)
			continue;
		n->live = false;
		partition_event(p, NODE_DROPPED, n->name, n->ends);
	}
}

/* By the node's own clock; nothing while processes of two arenas speak. */
bool partition_choose_retiring(struct partition *p)
{
	bool any = false;

	for (unsigned i = 0; i < p->nodes.n; i++) {
		struct node *n = &p->nodes.all[i];

		n->retires = !n->retired && n->spoke != 0 && n->spoke == n->generation &&
			     n->newest - n->since >= p->rules.retire_ms;
		any |= n->retires;
	}
	return any;
}
