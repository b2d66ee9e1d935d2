/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * An arena of a program with another list of refusals: counts go by name, whatever the order and
 * the number.
 */

#include "store_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 3, REGIONS = 9 };

/* That program had so many refusals: as many of ours as fit, the last first, then its own. */
static const char *name_there(unsigned i, unsigned n)
{
	static char own[16];
	unsigned ours = n < REFUSALS ? n : REFUSALS;

	if (i == 0)
		return "none";
	if (i < ours)
		return refusal_name((enum refusal)(REFUSALS - i));
	snprintf(own, sizeof(own), "own_%u", i);
	return own;
}

/* struct worker_block as the compiler lays it out for n refusals. */
static size_t block_size(unsigned n)
{
	size_t size = offsetof(struct worker_block, stats.refused) + n * sizeof(uint64_t);

	return (size + 63) / 64 * 64;
}

static void fill_as_there(const struct arena *a, unsigned n)
{
	char *names = arena_memory(a, "refusals"), *blocks = arena_memory(a, "workers");

	for (unsigned i = 0; i < n; i++)
		snprintf(names + i * STORE_REFUSAL_NAME_MAX, STORE_REFUSAL_NAME_MAX, "%s",
			name_there(i, n));
	for (unsigned w = 0; w < WORKERS; w++) {
		struct worker_block *b = (struct worker_block *)(blocks + w * block_size(n));

		b->sequence = 2;
		b->stats.accepted = 1000 + w;
		for (unsigned i = 1; i < n; i++)
			b->stats.refused[i] = 100 * i + w;
	}
}

/* The regions that our own store has, but for what depends on the list. */
static unsigned regions_there(const struct arena *ours, struct arena_region *out, unsigned n)
{
	static const char *const names[] = {"rows", "tallies", "workers", "shown", "refusals",
		"sessions", "undo", "reactors", "board"};

	for (unsigned i = 0; i < REGIONS; i++)
		out[i] = *arena_find(ours, names[i]);
	out[2].shape[1] = n;
	out[2].size = WORKERS * block_size(n);
	out[4].layout++;
	out[4].shape[0] = n;
	out[4].size = n * STORE_REFUSAL_NAME_MAX;
	return REGIONS;
}

static void make_arena_there(struct store_rig *rig, unsigned n)
{
	const struct arena_options options = {
		.name = "test", .folder = rig->folder, .discard = true};
	struct arena_region regions[REGIONS];
	struct arena *a;

	store_rig_open(rig);
	unsigned count = regions_there(rig->store.arena, regions, n);
	store_rig_close(rig);
	cr_assert_eq(arena_open(&a, &options, regions, count, rig->error, sizeof(rig->error)), 0,
		"%s", rig->error);
	fill_as_there(a, n);
	arena_close(a);
}

static uint64_t expected(enum refusal r, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 1; i < n; i++) {
		if (strcmp(name_there(i, n), refusal_name(r)) == 0)
			sum += WORKERS * 100 * i + 0 + 1 + 2;
	}
	return sum;
}

ParameterizedTestParameters(control_refusal_list, counts_of_refusals_go_by_name)
{
	static int differences[] = {0, -1, -2, -5, -8, -12, 1, 2, 3, 6, 9};

	return cr_make_param_array(
		int, differences, sizeof(differences) / sizeof(differences[0]), NULL);
}

ParameterizedTest(int *difference, control_refusal_list, counts_of_refusals_go_by_name)
{
	unsigned n = (unsigned)(REFUSALS + *difference);
	struct worker_stats sum = {0};
	struct store_rig rig;

	store_rig_init(&rig, WORKERS, 2, 8);
	make_arena_there(&rig, n);
	store_rig_open(&rig);
	for (unsigned w = 0; w < WORKERS; w++)
		worker_stats_add(&sum, &rig.store.blocks[w].stats);
	cr_expect_eq(sum.accepted, 3003, "%u refusals: %lu", n, (unsigned long)sum.accepted);
	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++) {
		cr_expect_eq(sum.refused[r], expected((enum refusal)r, n), "%u refusals: %s", n,
			refusal_name((enum refusal)r));
		cr_expect_str_eq(
			store_refusal_name(rig.store.arena, r), refusal_name((enum refusal)r));
	}
	cr_expect_eq(sum.rx, sum.accepted + worker_stats_refused(&sum), "the ledger balances");
	store_rig_remove(&rig);
}

/* A start that was killed between making the arena and naming its refusals. */
Test(control_refusal_list, an_arena_without_names_gets_them_at_the_next_start)
{
	struct store_rig rig;

	store_rig_init(&rig, 1, 2, 8);
	store_rig_open(&rig);
	memset(arena_memory(rig.store.arena, "refusals"), 0, REFUSALS * STORE_REFUSAL_NAME_MAX);
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_expect_str_eq(store_refusal_name(rig.store.arena, REFUSED_magic), "magic");
	store_rig_remove(&rig);
}
