/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages_rig.h"

#include "hugepages/arena_place.h"
#include "hugepages/free_pages.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mount is the parent of the folder that an appliance would take. */
static void find_hugetlbfs(char *out, size_t cap)
{
	struct arena_place places[ARENA_PLACES_MAX];

	arena_places(places);
	if (!places[0].hugepages)
		cr_skip("no hugetlbfs mount with 2 MiB pages that we may use");
	if (hugepages_free_bytes() < 4 * 2048 * 1024)
		cr_skip("fewer than 4 free huge pages");
	*strrchr(places[0].folder, '/') = '\0';
	snprintf(out, cap, "%.100s/unit-XXXXXX", places[0].folder);
}

void arena_rig_init(struct arena_rig *rig, enum rig_place place)
{
	memset(rig, 0, sizeof(*rig));
	snprintf(rig->folder, sizeof(rig->folder), "/dev/shm/unit-XXXXXX");
	if (place == PLACE_HUGETLBFS)
		find_hugetlbfs(rig->folder, sizeof(rig->folder));
	cr_assert_neq(mkdtemp(rig->folder), NULL, "%s", rig->folder);
	snprintf(rig->path, sizeof(rig->path), "%s/test.arena", rig->folder);
	rig->regions[0] = (struct arena_region){.name = "counts",
		.layout = 1,
		.shape = {RIG_COUNTS},
		.size = RIG_COUNTS * sizeof(uint64_t)};
	rig->regions[1] = (struct arena_region){.name = "others", .layout = 7, .size = 5};
	rig->options = (struct arena_options){.name = "test", .folder = rig->folder};
}

void arena_rig_done(struct arena_rig *rig)
{
	if (rmdir(rig->folder) == 0 || errno == ENOENT)
		return;
	int reason = errno;
	char command[512];
	snprintf(command, sizeof(command), "ls %s >&2; rm -rf %s", rig->folder, rig->folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", rig->folder);
	cr_assert_fail("%s: %s", rig->folder, strerror(reason));
}

int arena_rig_open(struct arena_rig *rig, struct arena **out)
{
	return arena_open(out, &rig->options, rig->regions, 2, rig->error, sizeof(rig->error));
}

struct arena *arena_rig_must_open(struct arena_rig *rig)
{
	struct arena *a = NULL;
	int ret = arena_rig_open(rig, &a);

	cr_assert_eq(ret, 0, "%s", rig->error);
	return a;
}
