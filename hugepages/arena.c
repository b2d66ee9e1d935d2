/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/arena.h"

#include "hugepages/arena_file.h"
#include "hugepages/arena_place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arena {
	struct arena_file file;
	int lock; // descriptor
	bool hugepages;
	bool is_new;
	char path[ARENA_PATH_MAX];
	char lock_path[ARENA_PATH_MAX];
	char why_not[256];
};

__attribute__((format(printf, 3, 4))) static void say(
	char *out, size_t cap, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out, cap, format, args);
	va_end(args);
}

static int set_place(struct arena *a, const char *name, const struct arena_place *place)
{
	int n = snprintf(a->path, sizeof(a->path), "%s/%s.arena", place->folder, name);
	int m = snprintf(a->lock_path, sizeof(a->lock_path), "%s/%s.lock", place->folder, name);

	a->hugepages = place->hugepages;
	return n >= (int)sizeof(a->path) || m >= (int)sizeof(a->lock_path) ? -ENAMETOOLONG : 0;
}

static int take_lock(struct arena *a, const struct arena_place *place, char *error, size_t cap)
{
	pid_t holder = 0;
	int ret = folder_make(place->folder);

	if (ret == 0)
		ret = arena_lock(a->lock_path, &a->lock, &holder);
	if (ret == -EBUSY)
		say(error, cap,
			"the arena %s is held by another uproard, process %d: stop that one, or "
			"give this one "
			"another name",
			a->path, (int)holder);
	else if (ret < 0)
		say(error, cap, "cannot use the folder %s for the arena: %s", place->folder,
			strerror(-ret));
	return ret;
}

static bool same_regions(const struct arena_file *file, const struct arena_region *want, unsigned n)
{
	if (file->header->n_regions != n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct arena_region *have = arena_file_find(file, want[i].name);

		if (have == NULL || have->layout != want[i].layout || have->size != want[i].size ||
			memcmp(have->shape, want[i].shape, sizeof(have->shape)) != 0)
			return false;
	}
	return true;
}

/* Makes FILE.new, fills it from old if there is one, and renames it into place. */
static int make(struct arena *a, const struct arena_options *options,
	const struct arena_region *regions, unsigned n, struct arena_file *old, char *error,
	size_t cap)
{
	char fresh_path[ARENA_PATH_MAX + 8];
	struct arena fresh = {.lock = -1};
	struct arena was = {.lock = -1};
	int ret;

	snprintf(fresh_path, sizeof(fresh_path), "%s.new", a->path);
	ret = arena_file_create(&fresh.file, fresh_path, regions, n);
	if (ret < 0) {
		say(error, cap, "cannot make the arena %s: %s%s", a->path, strerror(-ret),
			a->hugepages ? " (too few free huge pages: see /proc/sys/vm/nr_hugepages)"
				     : "");
		return ret;
	}
	if (old != NULL) {
		was.file = *old;
		fresh.file.header->generation = old->header->generation;
		ret = options->carry(&was, &fresh, error, cap);
	}
	if (ret == 0 && rename(fresh_path, a->path) < 0) {
		ret = -errno;
		say(error, cap, "cannot rename %s to %s: %s", fresh_path, a->path, strerror(-ret));
	}
	if (ret < 0) {
		arena_file_unmap(&fresh.file);
		unlink(fresh_path);
		return ret;
	}
	a->file = fresh.file;
	a->is_new = old == NULL;
	return 0;
}

static int open_existing(struct arena *a, const struct arena_options *options,
	const struct arena_region *regions, unsigned n, char *error, size_t cap)
{
	struct arena_file file;
	int ret = arena_file_map(&file, a->path);

	if (ret < 0) {
		say(error, cap,
			"the arena %s cannot be read: %s. If the taps in it can be given up, start "
			"with "
			"--new-arena",
			a->path,
			ret == -EBADMSG ? "it is not an arena of this version" : strerror(-ret));
		return ret;
	}
	if (same_regions(&file, regions, n)) {
		a->file = file;
		return 0;
	}
	ret = make(a, options, regions, n, &file, error, cap);
	arena_file_unmap(&file);
	return ret;
}

/* In a folder of ours: what somebody else left where everybody may write is none. */
static bool exists(const struct arena_place *place, const char *name)
{
	struct arena at;

	return folder_is_ours(place->folder) && set_place(&at, name, place) == 0 &&
	       access(at.path, F_OK) == 0;
}

static void give_up_lock(struct arena *a)
{
	if (a->lock >= 0)
		close(a->lock);
	a->lock = -1;
}

/* A start that was killed left it; it would hold pages for ever. */
static void remove_half_made(const struct arena *a)
{
	char path[ARENA_PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s.new", a->path);
	unlink(path);
}

/* Nothing stays of a place where no arena could be made. */
static void give_up(struct arena *a)
{
	if (access(a->path, F_OK) < 0) {
		char folder[ARENA_PATH_MAX];

		unlink(a->lock_path);
		snprintf(folder, sizeof(folder), "%s", a->lock_path);
		*strrchr(folder, '/') = '\0';
		rmdir(folder); // stays if another arena lies there
	}
	give_up_lock(a);
}

static int open_at(struct arena *a, const struct arena_options *options,
	const struct arena_place *place, const struct arena_region *regions, unsigned n,
	char *error, size_t cap)
{
	int ret = set_place(a, options->name, place);

	if (ret < 0) {
		say(error, cap, "the arena's folder %s has too long a name", place->folder);
		return ret;
	}
	ret = take_lock(a, place, error, cap);
	if (ret < 0)
		return ret;
	remove_half_made(a);
	if (exists(place, options->name) && !options->discard)
		ret = open_existing(a, options, regions, n, error, cap);
	else
		ret = make(a, options, regions, n, NULL, error, cap);
	if (ret < 0)
		give_up(a);
	return ret;
}

/* The arena of an earlier run is taken where it lies; otherwise the first place that works. */
static int open_found(struct arena *a, const struct arena_options *options,
	const struct arena_region *regions, unsigned n, char *error, size_t cap)
{
	struct arena_place places[ARENA_PLACES_MAX];
	unsigned n_places = arena_places(places), found = 0, chosen = 0;
	int ret = -ENOENT;

	for (unsigned i = 0; i < n_places; i++) {
		if (exists(&places[i], options->name)) {
			chosen = i;
			found++;
		}
	}
	if (found > 1) {
		say(error, cap,
			"there is an arena %s in %s and another in %s: remove the one that is not "
			"wanted",
			options->name, places[0].folder, places[1].folder);
		return -EEXIST;
	}
	if (found == 1) {
		if (!places[chosen].hugepages)
			say(a->why_not, sizeof(a->why_not),
				"the arena of an earlier run lies in %s", places[chosen].folder);
		return open_at(a, options, &places[chosen], regions, n, error, cap);
	}
	for (unsigned i = 0; i < n_places; i++) {
		if (!places[i].hugepages && a->why_not[0] == '\0')
			say(a->why_not, sizeof(a->why_not),
				"no hugetlbfs mount with 2 MiB pages that we may use");
		ret = open_at(a, options, &places[i], regions, n, error, cap);
		if (ret == 0 || ret == -EBUSY)
			return ret;
		say(a->why_not, sizeof(a->why_not), "%s", error);
	}
	return ret;
}

int arena_open(struct arena **out, const struct arena_options *options,
	const struct arena_region *regions, unsigned n, char *error, size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));
	struct arena_place place;
	int ret;

	if (a == NULL)
		return -ENOMEM;
	a->lock = -1;
	if (options->folder != NULL) {
		ret = arena_place_configured(&place, options->folder);
		if (ret < 0)
			say(error, cap, "the arena's folder %s has too long a name",
				options->folder);
		else
			ret = open_at(a, options, &place, regions, n, error, cap);
		if (ret == 0 && !place.hugepages)
			say(a->why_not, sizeof(a->why_not), "the configured folder %s is %s",
				options->folder,
				folder_in_memory(place.folder)
					? "not on hugetlbfs"
					: "on a disk, to which the system also writes what is "
					  "counted");
	} else {
		ret = open_found(a, options, regions, n, error, cap);
	}
	if (ret < 0) {
		free(a);
		return ret;
	}
	if (a->hugepages)
		a->why_not[0] = '\0';
	*out = a;
	return 0;
}

void arena_close(struct arena *a)
{
	arena_file_unmap(&a->file);
	give_up_lock(a);
	free(a);
}

void arena_remove(struct arena *a)
{
	char *slash;

	unlink(a->path);
	unlink(a->lock_path);
	slash = strrchr(a->path, '/');
	*slash = '\0';
	rmdir(a->path); // stays if another arena lies there
	arena_close(a);
}

void *arena_memory(const struct arena *a, const char *name)
{
	return arena_file_memory(&a->file, name);
}

const struct arena_region *arena_find(const struct arena *a, const char *name)
{
	return arena_file_find(&a->file, name);
}

const char *arena_path(const struct arena *a)
{
	return a->path;
}

bool arena_in_hugepages(const struct arena *a)
{
	return a->hugepages;
}

size_t arena_page(const struct arena *a)
{
	return a->hugepages ? ARENA_HUGE_PAGE : (size_t)sysconf(_SC_PAGESIZE);
}

const char *arena_why_not_hugepages(const struct arena *a)
{
	return a->why_not;
}

uint64_t arena_generation(const struct arena *a)
{
	return a->file.header->generation;
}

bool arena_is_new(const struct arena *a)
{
	return a->is_new;
}
