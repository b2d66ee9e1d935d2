/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/mounts.h"

#include "hugepages/host/tree.h"

#include <mntent.h>
#include <stdlib.h>
#include <string.h>

static uint64_t default_page(const struct host *h)
{
	FILE *f = tree_open(h, "/proc/meminfo");
	char line[HOST_LINE_MAX];
	unsigned long kilobytes = 2048;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Hugepagesize: %lu kB", &kilobytes) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return (uint64_t)kilobytes * 1024;
}

/* "pagesize=2M", "pagesize=1024M", "pagesize=1G" */
static uint64_t page_of(const struct host *h, const struct mntent *entry)
{
	const char *option = hasmntopt(entry, "pagesize");
	char *unit;

	if (option == NULL || strncmp(option, "pagesize=", 9) != 0)
		return default_page(h);
	uint64_t n = strtoull(option + 9, &unit, 10);
	return *unit == 'K' ? n << 10 : *unit == 'M' ? n << 20 : *unit == 'G' ? n << 30 : n;
}

static unsigned forget_hidden(struct hugetlbfs_mount *list, unsigned n, const char *folder)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(list[i].folder, folder) != 0)
			continue;
		memmove(&list[i], &list[i + 1], (n - i - 1) * sizeof(*list));
		return n - 1;
	}
	return n;
}

unsigned mounts_find(const struct host *h, struct hugetlbfs_mount out[MOUNTS_MAX])
{
	FILE *f = tree_open(h, "/proc/mounts");
	struct mntent *entry;
	unsigned n = 0;

	while (f != NULL && (entry = getmntent(f)) != NULL) {
		n = forget_hidden(out, n, entry->mnt_dir);
		if (n == MOUNTS_MAX || strcmp(entry->mnt_type, "hugetlbfs") != 0 ||
			(size_t)snprintf(out[n].folder, sizeof(out[n].folder), "%s",
				entry->mnt_dir) >= sizeof(out[n].folder))
			continue;
		out[n].page = page_of(h, entry);
		out[n++].read_only = hasmntopt(entry, "ro") != NULL;
	}
	if (f != NULL)
		fclose(f);
	return n;
}
