/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What windows have shown of the channels below each (store_row_below()), moved into an arena of
 * another shape.
 */
#ifndef CONTROL_CARRY_BELOW_H
#define CONTROL_CARRY_BELOW_H

#include "control/store.h"

/*
 * Behind the rows, which are in the fresh arena in their order, some left out. layout: of the old
 * arena's region "shown"; one that has no such sums is given those that it would have if its
 * channels had always had the parents that they have. 0 or -ENOMEM.
 */
int carry_below(const struct store *old, uint32_t layout, struct store *fresh);

#endif
