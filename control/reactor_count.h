/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Distinct sessions of a channel in a window, from the registers that the workers keep in the
 * arena (dataplane/reactors.h).
 *
 * At the end of a window control tells the workers the number of the next, waits a little until
 * none of them is in a burst that began before, and then reads the bank that they have left. A
 * worker that does not come to the end of its burst in that time is not waited for: what it still
 * writes to the old bank is missing from the estimate, never in the wrong window.
 */
#ifndef CONTROL_REACTOR_COUNT_H
#define CONTROL_REACTOR_COUNT_H

#include "control/hyperloglog.h"
#include "control/store.h"

/*
 * Before workers start: the window that they count for, and for a new arena its first, which takes
 * the Unix time in seconds, and a secret key. 0, or -errno if there is no random number to be had.
 */
int reactor_count_begin(struct store *s);

/* The workers go on to this window; waits a little until each of them has. */
void reactor_count_turn(struct store *s, uint64_t window);

/* Adds the registers of a row in a window, of these workers: a bit each. */
void reactor_count_add(const struct store *s, unsigned row, uint64_t window, uint64_t workers,
	struct hyperloglog *sum);

/* About how many sessions made these taps. 0: not known, for none of them came with a session. */
uint32_t reactor_count_estimate(const struct hyperloglog *h, uint64_t taps);

/* For a carried arena: the registers of a row in a window, of all old workers, to the first. */
void reactor_count_carry(
	const struct store *old, unsigned row, uint64_t window, struct store *fresh, unsigned to);

#endif
