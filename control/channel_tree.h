/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Channels as a tree: of n of them, each with at most one parent among them, an order in which
 * children come before their parents. So who goes through it with one sum for each depth has, when
 * it comes to a channel, what its children brought.
 */
#ifndef CONTROL_CHANNEL_TREE_H
#define CONTROL_CHANNEL_TREE_H

#include <stdint.h>

enum { CHANNEL_TREE_NONE = UINT16_MAX };

struct channel_tree_place {
	uint16_t channel; // 0 to n - 1
	uint16_t depth;   // 0: without a parent
};

struct channel_tree {
	unsigned n;
	uint16_t *parent; // [most]; CHANNEL_TREE_NONE: none; the caller writes it
	struct channel_tree_place *order;
	uint16_t *child, *sibling; // of what is still to be put in order
};

/* For at most so many, below CHANNEL_TREE_NONE. 0 or -ENOMEM. */
int channel_tree_init(struct channel_tree *t, unsigned most);
void channel_tree_free(struct channel_tree *t);

/* Puts the first n in order, by their parents. If they go round somewhere, that is cut. */
void channel_tree_order(struct channel_tree *t, unsigned n);

/*
 * A channel from which the way from parent to parent comes back to it; -1: there is none. walk:
 * room for n.
 */
int channel_tree_circle(const uint16_t *parent, unsigned n, uint16_t *walk);

#endif
