/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A folder of its own for an arena, in shared memory or in hugetlbfs, and gone afterwards.
 */
#ifndef TESTS_HUGEPAGES_RIG_H
#define TESTS_HUGEPAGES_RIG_H

#include "hugepages/arena.h"

enum rig_place { PLACE_SHM, PLACE_HUGETLBFS };

enum { RIG_COUNTS = 1000 };

struct arena_rig {
	char folder[200];
	char path[240]; // of the arena
	struct arena_region regions[2];
	struct arena_options options;
	char error[768];
};

/* Skips the test, saying why, where there is no such place. */
void arena_rig_init(struct arena_rig *rig, enum rig_place place);

/* Fails if the test left anything in the folder. */
void arena_rig_done(struct arena_rig *rig);

/* arena_open() with the rig's regions. */
int arena_rig_open(struct arena_rig *rig, struct arena **out);

/* Fails the test if it cannot be opened. */
struct arena *arena_rig_must_open(struct arena_rig *rig);

#endif
