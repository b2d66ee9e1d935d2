/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/arena_place.h"

#include "hugepages/own_folder.h"

#include <errno.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { WANTED_PAGE = 2 << 20 };

static bool pages_are_wanted(const char *mount)
{
	struct statfs fs;

	return statfs(mount, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC &&
	       fs.f_bsize == WANTED_PAGE && hugepages_mount_is_usable(mount);
}

/* The first hugetlbfs mount with 2 MiB pages that this user may write to. */
static bool find_mount(char *out, size_t cap)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	struct mntent *entry;
	bool found = false;

	if (mounts == NULL)
		return false;
	while (!found && (entry = getmntent(mounts)) != NULL) {
		if (strcmp(entry->mnt_type, "hugetlbfs") != 0 || !pages_are_wanted(entry->mnt_dir))
			continue;
		found = (size_t)snprintf(out, cap, "%s", entry->mnt_dir) < cap;
	}
	endmntent(mounts);
	return found;
}

unsigned arena_places(struct arena_place places[ARENA_PLACES_MAX])
{
	char mount[ARENA_FOLDER_MAX - 16];
	unsigned n = 0;

	if (find_mount(mount, sizeof(mount))) {
		snprintf(places[n].folder, sizeof(places[n].folder), "%s/uproar", mount);
		places[n++].hugepages = true;
	}
	if (geteuid() == 0)
		snprintf(places[n].folder, sizeof(places[n].folder), "/dev/shm/uproar");
	else
		snprintf(places[n].folder, sizeof(places[n].folder), "/dev/shm/uproar-%u",
			geteuid());
	places[n++].hugepages = false;
	return n;
}

int arena_place_configured(struct arena_place *place, const char *folder)
{
	if ((size_t)snprintf(place->folder, sizeof(place->folder), "%s", folder) >=
		sizeof(place->folder))
		return -ENAMETOOLONG;
	place->hugepages = folder_on_hugetlbfs(folder);
	return 0;
}

bool folder_on_hugetlbfs(const char *folder)
{
	char path[ARENA_FOLDER_MAX];
	struct statfs fs;

	snprintf(path, sizeof(path), "%s", folder);
	while (statfs(path, &fs) < 0) {
		char *slash = strrchr(path, '/');

		if (errno != ENOENT || slash == NULL || slash == path)
			return false;
		*slash = '\0';
	}
	return fs.f_type == HUGETLBFS_MAGIC;
}

bool folder_in_memory(const char *folder)
{
	struct statfs fs;

	return statfs(folder, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
						   fs.f_type == HUGETLBFS_MAGIC);
}

bool folder_is_ours(const char *folder)
{
	struct stat st;

	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

int folder_make(const char *folder)
{
	char path[ARENA_FOLDER_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s", folder) >= sizeof(path))
		return -ENAMETOOLONG;
	for (char *at = path + 1;; at++) {
		char was = *at;

		if (was != '/' && was != '\0')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		if (was == '\0')
			break;
		*at = was;
	}
	/* Somebody else may have made it first, in a folder where everybody may write. */
	return folder_is_ours(path) ? 0 : -EPERM;
}
