/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The arena from start to start: what lies in it stays, also in another shape, or the start says
 * why not and leaves it as it was.
 */

#include "hugepages_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rig_place places[] = {PLACE_SHM, PLACE_HUGETLBFS};

#define IN_BOTH_PLACES(name)                                                 \
	ParameterizedTestParameters(hugepages_arena, name)                   \
	{                                                                    \
		return cr_make_param_array(enum rig_place, places, 2, NULL); \
	}                                                                    \
	ParameterizedTest(enum rig_place *place, hugepages_arena, name)

static uint64_t *counts(const struct arena *a)
{
	return arena_memory(a, "counts");
}

static void fill(const struct arena *a)
{
	for (uint64_t i = 0; i < RIG_COUNTS; i++)
		counts(a)[i] = i * i + 1;
}

static void expect_filled(const struct arena *a)
{
	for (uint64_t i = 0; i < RIG_COUNTS; i++)
		cr_assert_eq(counts(a)[i], i * i + 1, "count %lu", (unsigned long)i);
}

IN_BOTH_PLACES(the_next_start_finds_what_was_left)
{
	struct arena_rig rig;

	arena_rig_init(&rig, *place);
	struct arena *a = arena_rig_must_open(&rig);
	cr_expect(arena_is_new(a));
	cr_expect_eq(arena_in_hugepages(a), *place == PLACE_HUGETLBFS);
	cr_expect_eq(arena_why_not_hugepages(a)[0] == '\0', *place == PLACE_HUGETLBFS);
	cr_expect_str_eq(arena_path(a), rig.path);
	uint64_t generation = arena_generation(a);
	cr_expect_neq(generation, 0);
	for (unsigned i = 0; i < RIG_COUNTS; i++)
		cr_assert_eq(counts(a)[i], 0, "a new arena is empty");
	fill(a);
	arena_close(a);

	a = arena_rig_must_open(&rig);
	cr_expect_not(arena_is_new(a));
	cr_expect_eq(arena_generation(a), generation);
	expect_filled(a);
	arena_remove(a);
	arena_rig_done(&rig);
}

IN_BOTH_PLACES(an_arena_that_is_discarded_begins_afresh)
{
	struct arena_rig rig;

	arena_rig_init(&rig, *place);
	struct arena *a = arena_rig_must_open(&rig);
	uint64_t generation = arena_generation(a);
	fill(a);
	arena_close(a);

	rig.options.discard = true;
	a = arena_rig_must_open(&rig);
	cr_expect(arena_is_new(a));
	cr_expect_neq(arena_generation(a), generation);
	cr_expect_eq(counts(a)[7], 0);
	arena_remove(a);
	arena_rig_done(&rig);
}

/* Moves the counts into an arena with room for twice as many. */
static int carry(const struct arena *old, struct arena *fresh, char *error, size_t cap)
{
	uint64_t *to = counts(fresh);

	for (unsigned i = 0; i < arena_find(fresh, "counts")->shape[0]; i++)
		cr_assert_eq(to[i], 0, "what is fresh is empty");
	memcpy(to, counts(old), arena_find(old, "counts")->size);
	return 0;
}

static int refuse(const struct arena *old, struct arena *fresh, char *error, size_t cap)
{
	memset(counts(fresh), 0xff, arena_find(fresh, "counts")->size);
	snprintf(error, cap, "too much to carry");
	return -ERANGE;
}

static void double_the_counts(struct arena_rig *rig)
{
	rig->regions[0].shape[0] *= 2;
	rig->regions[0].size *= 2;
}

IN_BOTH_PLACES(another_shape_is_carried_over)
{
	struct arena_rig rig;

	arena_rig_init(&rig, *place);
	struct arena *a = arena_rig_must_open(&rig);
	uint64_t generation = arena_generation(a);
	fill(a);
	arena_close(a);

	double_the_counts(&rig);
	rig.options.carry = carry;
	a = arena_rig_must_open(&rig);
	cr_expect_not(arena_is_new(a));
	cr_expect_eq(arena_generation(a), generation);
	cr_expect_eq(arena_find(a, "counts")->shape[0], 2 * RIG_COUNTS);
	expect_filled(a);
	arena_close(a);

	rig.options.carry = NULL; // is not called again
	a = arena_rig_must_open(&rig);
	expect_filled(a);
	arena_remove(a);
	arena_rig_done(&rig);
}

IN_BOTH_PLACES(a_carry_that_fails_leaves_the_old_arena_as_it_was)
{
	struct arena_rig rig, changed;
	struct arena *a, *none = NULL;

	arena_rig_init(&rig, *place);
	a = arena_rig_must_open(&rig);
	uint64_t generation = arena_generation(a);
	fill(a);
	arena_close(a);

	changed = rig;
	changed.options.folder = changed.folder;
	double_the_counts(&changed);
	changed.options.carry = refuse;
	cr_expect_eq(arena_rig_open(&changed, &none), -ERANGE);
	cr_expect_str_eq(changed.error, "too much to carry");
	cr_expect_eq(none, NULL);

	a = arena_rig_must_open(&rig);
	cr_expect_eq(arena_generation(a), generation);
	expect_filled(a);
	arena_remove(a);
	arena_rig_done(&rig); // nor did a half-made one stay
}

Test(hugepages_arena, each_part_of_the_shape_makes_another_shape)
{
	struct arena_rig rig;
	struct arena *a, *none;

	arena_rig_init(&rig, PLACE_SHM);
	arena_close(arena_rig_must_open(&rig));
	rig.options.carry = refuse;
	for (unsigned i = 0; i < 5; i++) {
		struct arena_region was = rig.regions[0];
		const char *what[] = {
			"layout", "size", "first dimension", "last dimension", "name"};

		rig.regions[0].layout += i == 0;
		rig.regions[0].size += i == 1;
		rig.regions[0].shape[0] += i == 2;
		rig.regions[0].shape[ARENA_SHAPE_MAX - 1] += i == 3;
		if (i == 4)
			memcpy(rig.regions[1].name, "renamed", 8);
		cr_expect_eq(arena_rig_open(&rig, &none), -ERANGE, "%s", what[i]);
		rig.regions[0] = was;
	}
	memcpy(rig.regions[1].name, "others", 7);
	a = arena_rig_must_open(&rig);
	arena_remove(a);
	arena_rig_done(&rig);
}

Test(hugepages_arena, the_order_of_the_regions_does_not_matter)
{
	struct arena_rig rig;

	arena_rig_init(&rig, PLACE_SHM);
	struct arena *a = arena_rig_must_open(&rig);
	fill(a);
	arena_close(a);
	struct arena_region first = rig.regions[0];
	rig.regions[0] = rig.regions[1];
	rig.regions[1] = first;
	a = arena_rig_must_open(&rig);
	expect_filled(a);
	arena_remove(a);
	arena_rig_done(&rig);
}

Test(hugepages_arena, regions_lie_apart_on_pages_of_their_own)
{
	struct arena_rig rig;

	arena_rig_init(&rig, PLACE_SHM);
	struct arena *a = arena_rig_must_open(&rig);
	uintptr_t first = (uintptr_t)arena_memory(a, "counts");
	uintptr_t second = (uintptr_t)arena_memory(a, "others");

	cr_expect_eq(first % 4096, 0);
	cr_expect_eq(second % 4096, 0);
	cr_expect_geq(second, first + RIG_COUNTS * sizeof(uint64_t));
	cr_expect_eq(arena_memory(a, "count"), NULL);
	cr_expect_eq(arena_find(a, ""), NULL);
	arena_remove(a);
	arena_rig_done(&rig);
}

Test(hugepages_arena, only_its_user_may_read_it)
{
	struct arena_rig rig;
	struct stat st;

	arena_rig_init(&rig, PLACE_SHM);
	struct arena *a = arena_rig_must_open(&rig);
	cr_assert_eq(stat(rig.path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	arena_remove(a);
	arena_rig_done(&rig);
}

Test(hugepages_arena, folders_are_made_and_removed_again)
{
	struct arena_rig rig;
	char deeper[256];

	arena_rig_init(&rig, PLACE_SHM);
	snprintf(deeper, sizeof(deeper), "%s/a", rig.folder);
	rig.options.folder = deeper;
	struct arena *a = arena_rig_must_open(&rig);
	cr_expect_eq(access(deeper, F_OK), 0);
	arena_remove(a);
	cr_expect_neq(access(deeper, F_OK), 0);
	arena_rig_done(&rig);
}

Test(hugepages_arena, a_name_that_is_too_long_is_refused_and_nothing_is_made)
{
	struct arena_rig rig;
	struct arena *none;
	char longer[300];

	arena_rig_init(&rig, PLACE_SHM);
	memset(longer, 'x', sizeof(longer));
	memcpy(longer, rig.folder, strlen(rig.folder));
	longer[strlen(rig.folder)] = '/';
	longer[sizeof(longer) - 1] = '\0';
	rig.options.folder = longer;
	cr_expect_eq(arena_rig_open(&rig, &none), -ENAMETOOLONG);
	cr_expect_neq(strstr(rig.error, "too long"), NULL, "%s", rig.error);
	arena_rig_done(&rig);
}
