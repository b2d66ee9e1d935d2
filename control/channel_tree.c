/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/channel_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int channel_tree_init(struct channel_tree *t, unsigned most)
{
	*t = (struct channel_tree){
		.parent = calloc(most, sizeof(*t->parent)),
		.order = calloc(most, sizeof(*t->order)),
		.child = calloc(most, sizeof(*t->child)),
		.sibling = calloc(most, sizeof(*t->sibling)),
	};
	if (t->parent != NULL && t->order != NULL && t->child != NULL && t->sibling != NULL)
		return 0;
	channel_tree_free(t);
	return -ENOMEM;
}

void channel_tree_free(struct channel_tree *t)
{
	free(t->parent);
	free(t->order);
	free(t->child);
	free(t->sibling);
	*t = (struct channel_tree){0};
}

/* Up from each, until a place where an earlier walk was: who meets itself goes round. */
int channel_tree_circle(const uint16_t *parent, unsigned n, uint16_t *walk)
{
	memset(walk, 0, n * sizeof(*walk));
	for (unsigned i = 0; i < n; i++) {
		unsigned at = i;

		while (walk[at] == 0 && parent[at] != CHANNEL_TREE_NONE) {
			walk[at] = (uint16_t)(i + 1);
			at = parent[at];
		}
		if (walk[at] == i + 1)
			return (int)at;
	}
	return -1;
}

static void list_children(struct channel_tree *t, unsigned n)
{
	memset(t->child, 0xff, n * sizeof(*t->child));
	for (unsigned i = n; i-- > 0;) {
		uint16_t parent = t->parent[i];

		if (parent == CHANNEL_TREE_NONE)
			continue;
		t->sibling[i] = t->child[parent];
		t->child[parent] = (uint16_t)i;
	}
}

/* Down to the first child that is not in order yet; up where there is none. */
static void order_below(struct channel_tree *t, uint16_t root)
{
	uint16_t at = root, depth = 0;

	for (;;) {
		uint16_t child = t->child[at];

		if (child != CHANNEL_TREE_NONE) {
			t->child[at] = t->sibling[child];
			at = child;
			depth++;
			continue;
		}
		t->order[t->n++] = (struct channel_tree_place){.channel = at, .depth = depth};
		if (at == root)
			return;
		at = t->parent[at];
		depth--;
	}
}

void channel_tree_order(struct channel_tree *t, unsigned n)
{
	int round;

	while ((round = channel_tree_circle(t->parent, n, t->sibling)) >= 0)
		t->parent[round] = CHANNEL_TREE_NONE;
	list_children(t, n);
	t->n = 0;
	for (unsigned i = 0; i < n; i++) {
		if (t->parent[i] == CHANNEL_TREE_NONE)
			order_below(t, (uint16_t)i);
	}
}
