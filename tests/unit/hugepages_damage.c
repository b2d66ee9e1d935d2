/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A file that is no sound arena is refused with a sentence, and left where it is.
 */

#include "hugepages/arena_file.h"
#include "hugepages_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT(field) offsetof(struct arena_header, field)

static const struct damage {
	const char *what;
	size_t at, len;
	uint64_t value;
} damages[] = {
	{"magic", AT(magic), 1, 'x'},
	{"version", AT(version), 4, 2},
	{"number of regions", AT(n_regions), 4, ARENA_REGIONS_MAX + 1},
	{"size of the file", AT(size), 8, 4096},
	{"size of a region", AT(regions[0].size), 8, UINT64_MAX},
	{"size of a region, just too large", AT(regions[1].size), 8, 2 << 20},
	{"offset of a region, behind the file", AT(offsets[0]), 8, UINT64_MAX - 4095},
	{"offset of a region, in the header", AT(offsets[0]), 8, 0},
	{"offset of a region, not on a page", AT(offsets[1]), 8, 16392},
	{"name without an end", AT(regions[0].name[6]), 8, UINT64_MAX},
};

/* A name of 24 bytes without a zero needs more than one value: the rest of it. */
static void write_damage(int fd, const struct damage *d)
{
	cr_assert_eq(pwrite(fd, &d->value, d->len, (off_t)d->at), (ssize_t)d->len);
	if (d->at == AT(regions[0].name[6]))
		cr_assert_eq(pwrite(fd, "xxxxxxxxxxxxxxxxxx", 18, (off_t)d->at), 18);
}

static void expect_refused(struct arena_rig *rig, const char *what)
{
	struct arena *none = NULL;
	struct stat before, after;

	cr_assert_eq(stat(rig->path, &before), 0);
	cr_expect_eq(arena_rig_open(rig, &none), -EBADMSG, "%s", what);
	cr_expect_neq(strstr(rig->error, rig->path), NULL, "%s: %s", what, rig->error);
	cr_expect_neq(strstr(rig->error, "--new-arena"), NULL, "%s: %s", what, rig->error);
	cr_expect_eq(none, NULL);
	cr_assert_eq(stat(rig->path, &after), 0);
	cr_expect_eq(before.st_ino, after.st_ino, "%s: the file was replaced", what);
}

Test(hugepages_damage, a_damaged_header_is_refused_and_can_be_given_up)
{
	for (unsigned i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct arena_rig rig;

		arena_rig_init(&rig, PLACE_SHM);
		arena_close(arena_rig_must_open(&rig));
		int fd = open(rig.path, O_RDWR);
		write_damage(fd, &damages[i]);
		close(fd);
		expect_refused(&rig, damages[i].what);

		rig.options.discard = true;
		arena_remove(arena_rig_must_open(&rig));
		arena_rig_done(&rig);
	}
}

Test(hugepages_damage, a_file_of_another_length_is_refused)
{
	static const off_t lengths[] = {0, 1, 100, 4096, (2 << 20) - 1, (2 << 20) + 1, 4 << 20};

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct arena_rig rig;

		arena_rig_init(&rig, PLACE_SHM);
		arena_close(arena_rig_must_open(&rig));
		cr_assert_eq(truncate(rig.path, lengths[i]), 0);
		expect_refused(&rig, "length");
		rig.options.discard = true;
		arena_remove(arena_rig_must_open(&rig));
		arena_rig_done(&rig);
	}
}

Test(hugepages_damage, a_link_in_place_of_the_arena_is_not_followed)
{
	struct arena_rig rig;
	struct arena *none;
	char target[256];

	arena_rig_init(&rig, PLACE_SHM);
	snprintf(target, sizeof(target), "%s/target", rig.folder);
	arena_close(arena_rig_must_open(&rig));
	cr_assert_eq(rename(rig.path, target), 0);
	cr_assert_eq(symlink(target, rig.path), 0);
	cr_expect_eq(arena_rig_open(&rig, &none), -ELOOP, "%s", rig.error);
	cr_assert_eq(unlink(rig.path), 0);
	cr_assert_eq(rename(target, rig.path), 0);
	arena_remove(arena_rig_must_open(&rig));
	arena_rig_done(&rig);
}

/* A start that was killed while it made the arena. */
Test(hugepages_damage, a_half_made_arena_is_never_found)
{
	struct arena_rig rig;
	char half[256];

	arena_rig_init(&rig, PLACE_SHM);
	snprintf(half, sizeof(half), "%s.new", rig.path);
	FILE *f = fopen(half, "w");
	cr_assert_neq(f, NULL);
	fputs("half", f);
	fclose(f);
	struct arena *a = arena_rig_must_open(&rig);
	cr_expect(arena_is_new(a));
	cr_expect_neq(access(half, F_OK), 0, "it is gone");
	arena_remove(a);
	arena_rig_done(&rig);
}

Test(hugepages_damage, more_regions_than_the_header_holds_are_refused)
{
	struct arena_region many[ARENA_REGIONS_MAX + 1] = {{.size = 8}};
	struct arena_rig rig;
	struct arena *a;

	for (unsigned i = 0; i <= ARENA_REGIONS_MAX; i++)
		snprintf(many[i].name, sizeof(many[i].name), "region %u", i);
	arena_rig_init(&rig, PLACE_SHM);
	cr_expect_eq(arena_open(&a, &rig.options, many, ARENA_REGIONS_MAX + 1, rig.error,
			     sizeof(rig.error)),
		-E2BIG);
	cr_assert_eq(
		arena_open(&a, &rig.options, many, ARENA_REGIONS_MAX, rig.error, sizeof(rig.error)),
		0);
	arena_remove(a);
	arena_rig_done(&rig);
}
