/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where an arena can lie: the folder "uproar" in the first hugetlbfs mount with pages of 2 MiB,
 * else in /dev/shm. A folder of our own, because any DPDK process that starts removes files named
 * *map_* at the top of a hugetlbfs mount.
 */
#ifndef HUGEPAGES_ARENA_PLACE_H
#define HUGEPAGES_ARENA_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum { ARENA_PLACES_MAX = 3, ARENA_FOLDER_MAX = 256 };

struct arena_place {
	char folder[ARENA_FOLDER_MAX];
	bool hugepages;
};

/* Candidates, best first. Returns how many (at least 1: /dev/shm). Only reads. */
unsigned arena_places(struct arena_place places[ARENA_PLACES_MAX]);

/* The folder that was asked for. 0, or -ENAMETOOLONG. */
int arena_place_configured(struct arena_place *place, const char *folder);

/* Is this folder, or its nearest parent that exists, on hugetlbfs? */
bool folder_on_hugetlbfs(const char *folder);

/* Is this folder, which exists, on a file system that lies in memory? */
bool folder_in_memory(const char *folder);

/* Is it a folder, and of this user? */
bool folder_is_ours(const char *folder);

/* Makes the folder and its parents, for this user alone. 0 or -errno. */
int folder_make(const char *folder);

#endif
