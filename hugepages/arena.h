/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The arena: named memory that outlives the process. It is a file in hugetlbfs, or, where no huge
 * pages can be had, in the shared memory file system; both keep their contents when the process is
 * killed and lose them when the machine restarts.
 *
 * The file begins with a header that names each region, its layout version, its shape and its
 * size. It is written under another name and renamed when it is complete, so that a half-made
 * arena is never found. One process holds an arena at a time (a record lock says which).
 *
 * The arena does not know what is counted in it. When the regions that a start wants differ from
 * those that it finds, the caller's carry function moves the contents into a fresh arena, or
 * refuses.
 */
#ifndef HUGEPAGES_ARENA_H
#define HUGEPAGES_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARENA_REGIONS_MAX = 16, ARENA_NAME_MAX = 24, ARENA_SHAPE_MAX = 4 };

struct arena;

struct arena_region {
	char name[ARENA_NAME_MAX];
	uint32_t layout;                 // version of the structure of its contents
	uint32_t shape[ARENA_SHAPE_MAX]; // its dimensions, as its owner counts them; 0: unused
	uint64_t size;                   // bytes
};

struct arena_options {
	const char *name;   // the file is FOLDER/NAME.arena
	const char *folder; // NULL: FOLDER is found (see arena_place.h)
	bool discard;       // begin afresh, whatever is there
	/*
	 * Moves what old holds into fresh, whose regions are zero. 0, or -errno with a sentence in
	 * error; then the old arena stays as it was.
	 */
	int (*carry)(const struct arena *old, struct arena *fresh, char *error, size_t cap);
};

/* Bytes of an arena with these regions, in whole huge pages. */
uint64_t arena_bytes(const struct arena_region *regions, unsigned n);

/*
 * Opens the arena with exactly these regions: maps the one that is there, carries it over, or
 * makes a new one. 0, or -errno with a sentence in error that says what was wanted, what was found
 * and what to do (-EBUSY: another process holds it). Regions begin at multiples of 4096.
 */
int arena_open(struct arena **out, const struct arena_options *options,
	const struct arena_region *regions, unsigned n, char *error, size_t cap);

/* Unmaps and unlocks; the contents stay for the next process. */
void arena_close(struct arena *a);

/* arena_close(), and the file is gone. */
void arena_remove(struct arena *a);

/* Memory and description of a region, or NULL if this arena has none of that name. */
void *arena_memory(const struct arena *a, const char *name);
const struct arena_region *arena_find(const struct arena *a, const char *name);

const char *arena_path(const struct arena *a);
bool arena_in_hugepages(const struct arena *a);

/* Bytes of a page of its memory. */
size_t arena_page(const struct arena *a);

/* Why the arena is not in huge pages; "" if it is. */
const char *arena_why_not_hugepages(const struct arena *a);

/* Random, drawn when the arena was made; kept when it is carried over. Never 0. */
uint64_t arena_generation(const struct arena *a);

/* Was it made by this arena_open(), with nothing carried over? */
bool arena_is_new(const struct arena *a);

#endif
