/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One arena file: header, regions, mapping, lock. Used by arena.c alone.
 */
#ifndef HUGEPAGES_ARENA_FILE_H
#define HUGEPAGES_ARENA_FILE_H

#include "hugepages/arena.h"

#include <sys/types.h>

enum { ARENA_PATH_MAX = 320, ARENA_HUGE_PAGE = 2 << 20 };

struct arena_header {
	char magic[8];
	uint32_t version;
	uint32_t n_regions;
	uint64_t size; // of the file
	uint64_t generation;
	struct arena_region regions[ARENA_REGIONS_MAX];
	uint64_t offsets[ARENA_REGIONS_MAX]; // of the regions, from the begin of the file
};

struct arena_file {
	struct arena_header *header; // the begin of the mapping
	size_t mapped;
};

/* Makes a file with these regions, all zero, and maps it. 0 or -errno; no file on failure. */
int arena_file_create(
	struct arena_file *file, const char *path, const struct arena_region *regions, unsigned n);

/* Maps a file that is there. 0, -EBADMSG if its header is not one of ours, or -errno. */
int arena_file_map(struct arena_file *file, const char *path);

void arena_file_unmap(struct arena_file *file);

const struct arena_region *arena_file_find(const struct arena_file *file, const char *name);
void *arena_file_memory(const struct arena_file *file, const char *name);

/* 0 with an open descriptor that holds the lock, or -EBUSY and who holds it, or -errno. */
int arena_lock(const char *path, int *descriptor, pid_t *holder);

#endif
