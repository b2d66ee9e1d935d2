/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The tree of channels as the arena has it: each row names its parent. It is kept there so that a
 * channel that is closed, or left out at the next start, still brings its last taps to it.
 */
#ifndef CONTROL_ROW_TREE_H
#define CONTROL_ROW_TREE_H

#include "control/channel_tree.h"
#include "control/store.h"

/* Writes down the parents of these channels, which have rows. Other rows keep theirs. */
void row_tree_set_parents(struct store *s, const struct config_channel *channels, unsigned n);

/* Puts the rows in use in order. One whose parent has no row has none. */
void row_tree_order(struct channel_tree *t, const struct store *s);

#endif
