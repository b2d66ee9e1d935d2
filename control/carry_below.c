/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/carry_below.h"

#include "control/row_tree.h"

#include <errno.h>
#include <stdlib.h>

struct carrying {
	const struct store *old;
	struct store *fresh;
	unsigned n;   // rows in use in the old arena
	uint16_t *to; // [n]: its row in the fresh one; CHANNEL_TREE_NONE: left out
	struct channel_tree old_tree;
};

static void find_rows(struct carrying *c)
{
	unsigned used = store_rows_used(c->fresh), to = 0;

	for (unsigned row = 0; row < c->n; row++) {
		bool is_there = to < used &&
				c->fresh->row_table[to].channel == c->old->row_table[row].channel;

		c->to[row] = is_there ? (uint16_t)to++ : CHANNEL_TREE_NONE;
	}
}

/* Reactions that there is no room for any more go: whoever was told of them keeps what was told. */
static void add(struct carrying *c, uint16_t to, const uint64_t *counts)
{
	const struct store *fresh = c->fresh;
	uint64_t *below;

	if (to == CHANNEL_TREE_NONE)
		return;
	below = store_row_below(fresh, fresh->shown[0], to);
	for (unsigned r = 0; r < c->old->stride && r < fresh->stride; r++)
		below[r] += counts[r];
}

static void move_sums(struct carrying *c)
{
	const struct store *old = c->old;

	for (unsigned row = 0; row < c->n; row++)
		add(c, c->to[row], store_row_below(old, old->shown[*old->active], row));
}

/* Each row's own taps to all that are above it. */
static void make_sums(struct carrying *c)
{
	const struct store *old = c->old;
	const struct store_shown *shown = store_now_shown(old);
	const uint16_t *parent = c->old_tree.parent;

	row_tree_order(&c->old_tree, old);
	for (unsigned row = 0; row < c->n; row++) {
		for (unsigned at = parent[row]; at != CHANNEL_TREE_NONE; at = parent[at])
			add(c, c->to[at], shown->tallies + (size_t)row * old->stride);
	}
}

int carry_below(const struct store *old, uint32_t layout, struct store *fresh)
{
	struct carrying c = {.old = old, .fresh = fresh, .n = store_rows_used(old)};
	int ret = channel_tree_init(&c.old_tree, old->rows);

	c.to = calloc(c.n + 1, sizeof(*c.to));
	if (c.to == NULL)
		ret = -ENOMEM;
	if (ret == 0) {
		find_rows(&c);
		if (layout >= STORE_LAYOUT_WITH_BELOW)
			move_sums(&c);
		else
			make_sums(&c);
	}
	free(c.to);
	channel_tree_free(&c.old_tree);
	return ret;
}
