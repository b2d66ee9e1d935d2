/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A store on a real arena in a folder of its own.
 */
#ifndef TESTS_STORE_RIG_H
#define TESTS_STORE_RIG_H

#include "control/store.h"

struct store_rig {
	char folder[64];
	struct config config;
	struct store store;
	char error[768];
	uint64_t windows; // shown by store_rig_window()
};

/* Makes the folder; changing rig->config changes the shape for the next open. */
void store_rig_init(struct store_rig *rig, unsigned workers, unsigned channels, unsigned reactions);

int store_rig_try_open(struct store_rig *rig);
void store_rig_open(struct store_rig *rig); // fails the test with the sentence
void store_rig_close(struct store_rig *rig);

/* Closes and removes it; fails if anything stays. */
void store_rig_remove(struct store_rig *rig);

/* Merges one window as the appliance does; counts[row][reaction] may be NULL. Returns its taps. */
uint64_t store_rig_window(struct store_rig *rig, uint64_t *counts);

/* One batch of a session, of one reaction, in the hands of a worker. */
struct store_rig_batch {
	unsigned worker;
	uint64_t session;
	uint32_t sequence;
	unsigned row, reaction, taps;
};

/* How far its worker has come with it. */
enum store_rig_moment { STORE_RIG_ARMED, STORE_RIG_CLAIMED, STORE_RIG_ADDING, STORE_RIG_ADDED };

/* Is it still to be counted? */
bool store_rig_is_fresh(const struct store_rig *rig, uint64_t session, uint32_t sequence);

/* The worker comes so far with it, and is killed. */
void store_rig_begin_batch(
	struct store_rig *rig, const struct store_rig_batch *b, enum store_rig_moment moment);

/* The worker counts it, in its tallies only. */
void store_rig_count_batch(struct store_rig *rig, const struct store_rig_batch *b);

#endif
