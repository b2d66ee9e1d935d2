/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/row_tree.h"

#include <string.h>

struct rows_by_channel {
	uint16_t row[WIRE_CHANNELS_MAX]; // CHANNEL_TREE_NONE: none
};

static void find_rows(struct rows_by_channel *by, const struct store *s, unsigned used)
{
	memset(by, 0xff, sizeof(*by));
	for (unsigned row = 0; row < used; row++)
		by->row[s->row_table[row].channel] = (uint16_t)row;
}

void row_tree_set_parents(struct store *s, const struct config_channel *channels, unsigned n)
{
	struct rows_by_channel by;

	find_rows(&by, s, store_rows_used(s));
	for (unsigned i = 0; i < n; i++) {
		const unsigned *parent = channels[i].parent;
		uint16_t row = by.row[channels[i].id];

		if (row != CHANNEL_TREE_NONE)
			s->row_table[row].parent_plus_1 =
				parent != NULL ? (uint16_t)(*parent + 1) : 0;
	}
}

void row_tree_order(struct channel_tree *t, const struct store *s)
{
	unsigned used = store_rows_used(s);
	struct rows_by_channel by;

	find_rows(&by, s, used);
	for (unsigned row = 0; row < used; row++) {
		uint16_t parent_plus_1 = s->row_table[row].parent_plus_1;

		t->parent[row] = parent_plus_1 != 0 ? by.row[parent_plus_1 - 1] : CHANNEL_TREE_NONE;
	}
	channel_tree_order(t, used);
}
