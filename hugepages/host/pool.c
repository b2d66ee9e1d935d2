/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/pool.h"

#include "hugepages/host/mounts.h"
#include "hugepages/host/tree.h"

#include <string.h>

void pool_folder(const struct host *h, unsigned node, uint64_t page, char out[POOL_FOLDER_MAX])
{
	snprintf(out, POOL_FOLDER_MAX, "/sys/devices/system/node/node%u/hugepages/hugepages-%llukB",
		node, (unsigned long long)page / 1024);
	if (!tree_has(h, "%s", out))
		snprintf(out, POOL_FOLDER_MAX, "/sys/kernel/mm/hugepages/hugepages-%llukB",
			(unsigned long long)page / 1024);
}

bool pool_has_size(const struct host *h, uint64_t page)
{
	return tree_has(
		h, "/sys/kernel/mm/hugepages/hugepages-%llukB", (unsigned long long)page / 1024);
}

uint64_t pool_promised(const struct host *h, uint64_t page)
{
	return (uint64_t)tree_number(h, 0,
		"/sys/kernel/mm/hugepages/hugepages-%llukB/resv_hugepages",
		(unsigned long long)page / 1024);
}

/* Files of a folder below a mount whose names begin so. */
static uint64_t bytes_in(
	const struct host *h, const char *mount, const char *folder, const char *begin)
{
	DIR *dir = tree_list(h, "%s%s", mount, folder);
	struct dirent *entry;
	uint64_t sum = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, begin, strlen(begin)) == 0)
			sum += tree_bytes(h, "%s%s/%s", mount, folder, entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return sum;
}

uint64_t pool_held_by_arena(const struct host *h)
{
	struct hugetlbfs_mount mounts[MOUNTS_MAX];
	unsigned n = mounts_find(h, mounts);
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += tree_bytes(h, "%s/uproar/%s.arena", mounts[i].folder, h->needs->name);
	return sum;
}

uint64_t pool_held_by_buffers(const struct host *h)
{
	struct hugetlbfs_mount mounts[MOUNTS_MAX];
	unsigned n = mounts_find(h, mounts);
	char begin[HOST_NAME_MAX + 16];
	uint64_t sum = 0;

	snprintf(begin, sizeof(begin), "uproar-%smap_", h->needs->name);
	for (unsigned i = 0; i < n; i++)
		sum += bytes_in(h, mounts[i].folder, "", begin) +
		       bytes_in(h, mounts[i].folder, "/uproar/dpdk", begin);
	return sum;
}

/* "2MB", "1GB": as the files of control groups are called. */
static void size_name(uint64_t page, char out[32])
{
	bool giga = page >= UINT64_C(1) << 30;

	snprintf(out, 32, "%llu%s", (unsigned long long)(page >> (giga ? 30 : 20)),
		giga ? "GB" : "MB");
}

struct cgroup_files {
	const char *folder; // of the mount
	const char *limit, *usage;
};

/* From the group of this process up to the top: each may limit it. */
static uint64_t least_room(const struct host *h, const struct cgroup_files *c, char *group,
	uint64_t page, char *file, size_t cap)
{
	uint64_t least = UINT64_MAX;
	char size[32], *slash;

	size_name(page, size);
	for (;;) {
		char path[2 * HOST_PATH_MAX];

		snprintf(
			path, sizeof(path), "%s%s/hugetlb.%s.%s", c->folder, group, size, c->limit);
		int64_t limit = tree_number(h, -1, "%s", path);
		int64_t used =
			tree_number(h, 0, "%s%s/hugetlb.%s.%s", c->folder, group, size, c->usage);
		uint64_t room = limit < 0      ? UINT64_MAX
				: limit > used ? (uint64_t)(limit - used)
					       : 0;

		if (room < least && limit < INT64_MAX / 2) {
			least = room;
			snprintf(file, cap, "%s%s/hugetlb.%s.%s", c->folder, group, size, c->limit);
		}
		slash = strrchr(group, '/');
		if (slash == NULL)
			return least;
		*slash = '\0';
	}
}

/* A line of /proc/self/cgroup: "0::/GROUP", or of the first version "9:hugetlb:/GROUP". */
static bool parse_group(char *line, struct cgroup_files *c, char **group)
{
	char *colon = strchr(line, ':');

	line[strcspn(line, "\n")] = '\0';
	if (colon == NULL || (*group = strchr(colon + 1, ':')) == NULL)
		return false;
	*(*group)++ = '\0';
	if (strcmp(*group, "/") == 0)
		**group = '\0';
	if (colon[1] == '\0') {
		c->folder = "/sys/fs/cgroup";
		c->limit = "max";
		c->usage = "current";
	} else if (strstr(colon + 1, "hugetlb") != NULL) {
		c->folder = "/sys/fs/cgroup/hugetlb";
		c->limit = "limit_in_bytes";
		c->usage = "usage_in_bytes";
	} else {
		return false;
	}
	return true;
}

uint64_t pool_cgroup_room(const struct host *h, uint64_t page, char *file, size_t cap)
{
	FILE *f = tree_open(h, "/proc/self/cgroup");
	uint64_t least = UINT64_MAX;
	char line[HOST_LINE_MAX], *group;
	struct cgroup_files files;

	file[0] = '\0';
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (!parse_group(line, &files, &group))
			continue;
		char here[HOST_PATH_MAX];
		uint64_t room = least_room(h, &files, group, page, here, sizeof(here));

		if (room < least) {
			least = room;
			snprintf(file, cap, "%s", here);
		}
	}
	if (f != NULL)
		fclose(f);
	return least;
}
