/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/own_folder.h"

#include "hugepages/arena_place.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 256 };

static bool ours_in(const char *mount, char *out, size_t cap)
{
	return (size_t)snprintf(out, cap, "%s/uproar", mount) < cap && folder_is_ours(out);
}

static bool may_write(const char *mount)
{
	return access(mount, W_OK | X_OK) == 0;
}

bool hugepages_mount_is_usable(const char *mount)
{
	char folder[PATH_LEN];

	return may_write(mount) || ours_in(mount, folder, sizeof(folder));
}

bool hugepages_own_folder(char *out, size_t cap)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	char folder[PATH_LEN];
	struct mntent *entry;
	bool found = false;

	while (!found && mounts != NULL && (entry = getmntent(mounts)) != NULL) {
		if (strcmp(entry->mnt_type, "hugetlbfs") != 0 || may_write(entry->mnt_dir) ||
			!ours_in(entry->mnt_dir, folder, sizeof(folder)))
			continue;
		found = (size_t)snprintf(out, cap, "%s/dpdk", folder) < cap &&
			(mkdir(out, 0700) == 0 || errno == EEXIST);
	}
	if (mounts != NULL)
		endmntent(mounts);
	return found;
}

static void make_in(const char *mount, uid_t user, gid_t group)
{
	char folder[PATH_LEN];
	struct stat st;

	if ((size_t)snprintf(folder, sizeof(folder), "%s/uproar", mount) >= sizeof(folder))
		return;
	if ((mkdir(folder, 0700) == 0 || errno == EEXIST) && lstat(folder, &st) == 0 &&
		S_ISDIR(st.st_mode) && st.st_uid == 0)
		(void)!lchown(folder, user, group);
}

void hugepages_make_own_folder(uid_t user, gid_t group)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	struct mntent *entry;

	while (mounts != NULL && (entry = getmntent(mounts)) != NULL) {
		if (strcmp(entry->mnt_type, "hugetlbfs") == 0)
			make_in(entry->mnt_dir, user, group);
	}
	if (mounts != NULL)
		endmntent(mounts);
}
