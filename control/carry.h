/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Moving an arena's contents into one of another shape: more or fewer workers, channels, reactions,
 * or another list of refusals. Tallies go by channel and reaction id, statistics by name.
 */
#ifndef CONTROL_CARRY_H
#define CONTROL_CARRY_H

#include "control/store.h"

/*
 * For arena_open(). What all old workers counted is given to the first new one. Rows that are
 * closed, and shown and journalled to the last tap, are left out, which makes room for others.
 */
int carry_over(const struct arena *old, struct arena *fresh, char *error, size_t cap);

/*
 * The same for a node of a cluster, which leaves out no row: whether its last tallies have come to
 * the brokers the arena does not know.
 */
int carry_all_over(const struct arena *old, struct arena *fresh, char *error, size_t cap);

#endif
