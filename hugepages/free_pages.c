/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/free_pages.h"

#include "hugepages/own_folder.h"

#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

static uint64_t free_of_size(uint64_t page)
{
	char path[128];
	unsigned long long pages = 0;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%llukB/free_hugepages",
		(unsigned long long)page / 1024);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * page;
}

/* A mount may be limited in size; then it says how many blocks it has. */
static uint64_t free_in(const struct statfs *fs)
{
	uint64_t page = (uint64_t)fs->f_bsize, all = free_of_size(page);
	uint64_t room = fs->f_blocks > 0 ? (uint64_t)fs->f_bfree * page : UINT64_MAX;

	return all < room ? all : room;
}

uint64_t hugepages_free_bytes(void)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	uint64_t seen[8] = {0}, sum = 0;
	struct mntent *entry;
	unsigned n = 0;

	if (mounts == NULL)
		return 0;
	while (n < 8 && (entry = getmntent(mounts)) != NULL) {
		struct statfs fs;
		bool counted = false;

		if (strcmp(entry->mnt_type, "hugetlbfs") != 0 || statfs(entry->mnt_dir, &fs) < 0 ||
			!hugepages_mount_is_usable(entry->mnt_dir))
			continue;
		for (unsigned i = 0; i < n; i++)
			counted = counted || seen[i] == (uint64_t)fs.f_bsize;
		if (!counted) {
			seen[n++] = (uint64_t)fs.f_bsize;
			sum += free_in(&fs);
		}
	}
	endmntent(mounts);
	return sum;
}
