/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/store.h"

#include "control/carry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	ROWS_LAYOUT = 1,
	TALLIES_LAYOUT = 1,
	SHOWN_LAYOUT = 3,
	JOURNALLED_LAYOUT = 1,
	REGIONS = 11,
};

/* Of one of the two states, with what follows it. */
static size_t shown_size(uint32_t rows, uint32_t stride, uint32_t layout)
{
	size_t a_row = stride + (layout >= STORE_LAYOUT_WITH_TOTALS) +
		       (layout >= STORE_LAYOUT_WITH_BELOW ? stride : 0);

	return sizeof(struct store_shown) + sizeof(uint64_t) * rows * a_row;
}

static uint32_t workers_of(const struct config *config)
{
	const struct dataplane_config dataplane = {
		.ports = config->ports, .n_ports = config->n_ports};

	return dataplane_workers(&dataplane);
}

/* Another list of refusals is another layout, also when it is as long. FNV-1a. */
static uint32_t hash_of_refusals(void)
{
	uint32_t hash = 2166136261u;

	for (unsigned i = 0; i < REFUSALS; i++) {
		for (const char *at = refusal_name((enum refusal)i); *at != '\0'; at++)
			hash = (hash ^ (uint8_t)*at) * 16777619u;
		hash = (hash ^ ' ') * 16777619u;
	}
	return hash;
}

static void describe(struct arena_region regions[REGIONS], const struct config *config)
{
	uint32_t workers = workers_of(config), rows = config->arena_channels,
		 stride = config->arena_reactions;

	memset(regions, 0, sizeof(*regions) * REGIONS);
	regions[0] = (struct arena_region){.name = "rows",
		.layout = ROWS_LAYOUT,
		.shape = {rows},
		.size = rows * sizeof(struct store_row)};
	regions[1] = (struct arena_region){
		.name = "tallies",
		.layout = TALLIES_LAYOUT,
		.shape = {workers, rows, stride},
		.size = sizeof(uint64_t) * workers * rows * stride,
	};
	regions[2] = (struct arena_region){
		.name = "workers",
		.layout = WORKER_STATS_LAYOUT,
		.shape = {workers, REFUSALS},
		.size = workers * sizeof(struct worker_block),
	};
	/* The selector in a cache line of its own, then twice the state. */
	regions[3] = (struct arena_region){
		.name = "shown",
		.layout = SHOWN_LAYOUT,
		.shape = {rows, stride},
		.size = 64 + 2 * shown_size(rows, stride, SHOWN_LAYOUT),
	};
	regions[4] = (struct arena_region){
		.name = "refusals",
		.layout = hash_of_refusals(),
		.shape = {REFUSALS},
		.size = REFUSALS * STORE_REFUSAL_NAME_MAX,
	};
	uint32_t buckets = sessions_buckets(config->arena_sessions);
	regions[5] = (struct arena_region){
		.name = "sessions",
		.layout = SESSIONS_LAYOUT,
		.shape = {buckets},
		.size = sessions_size(buckets),
	};
	regions[6] = (struct arena_region){
		.name = "undo",
		.layout = UNDO_LAYOUT,
		.shape = {workers, UNDO_ADDS_MAX},
		.size = workers * sizeof(struct undo),
	};
	regions[7] = (struct arena_region){
		.name = "reactors",
		.layout = REACTORS_LAYOUT,
		.shape = {workers, rows, REACTORS_LINES, REACTORS_IN_LINE},
		.size = sizeof(struct reactors_head) + sizeof(struct reactors_row) * workers * rows,
	};
	regions[8] = (struct arena_region){
		.name = "board",
		.layout = BOARD_LAYOUT,
		.shape = {rows, WIRE_FRAME_MAX},
		.size = sizeof(struct board_slot) * rows,
	};
	regions[9] = (struct arena_region){
		.name = "journalled",
		.layout = JOURNALLED_LAYOUT,
		.shape = {rows},
		.size = sizeof(struct store_journalled) + sizeof(uint64_t) * rows,
	};
	regions[10] = (struct arena_region){
		.name = "moods",
		.layout = MOODS_LAYOUT,
		.shape = {rows},
		.size = sizeof(struct mood_memory) * rows,
	};
}

uint64_t store_bytes(const struct config *config)
{
	struct arena_region regions[REGIONS];

	describe(regions, config);
	return arena_bytes(regions, REGIONS);
}

uint64_t store_worker_bytes(const struct config *config)
{
	uint64_t rows = config->arena_channels;

	return rows * (sizeof(uint64_t) * config->arena_reactions + sizeof(struct reactors_row));
}

/* Of another layout they say nothing. */
static struct mood_memory *view_moods(const struct arena *a)
{
	const struct arena_region *moods = arena_find(a, "moods");

	return moods != NULL && moods->layout == MOODS_LAYOUT ? arena_memory(a, "moods") : NULL;
}

void store_view(struct store *s, const struct arena *a)
{
	const struct arena_region *tallies = arena_find(a, "tallies");
	char *shown = arena_memory(a, "shown");

	s->workers = tallies->shape[0];
	s->rows = tallies->shape[1];
	s->stride = tallies->shape[2];
	s->blocks = arena_memory(a, "workers");
	s->tallies = arena_memory(a, "tallies");
	s->reactors_head = arena_memory(a, "reactors");
	s->reactors = (struct reactors_row *)(s->reactors_head + 1);
	s->row_table = arena_memory(a, "rows");
	s->board = arena_find(a, "board") != NULL ? arena_memory(a, "board") : NULL;
	s->journalled = arena_find(a, "journalled") != NULL ? arena_memory(a, "journalled") : NULL;
	s->moods = view_moods(a);
	sessions_view(
		&s->sessions, arena_memory(a, "sessions"), arena_find(a, "sessions")->shape[0]);
	s->undo = arena_memory(a, "undo");
	s->active = (uint64_t *)shown;
	s->orderly = s->active + 1;
	s->shown[0] = (struct store_shown *)(shown + 64);
	s->shown[1] = (struct store_shown *)(shown + 64 +
					     shown_size(s->rows, s->stride,
						     arena_find(a, "shown")->layout));
}

const char *store_refusal_name(const struct arena *a, unsigned i)
{
	const char *names = arena_memory(a, "refusals");

	return names + (size_t)i * STORE_REFUSAL_NAME_MAX;
}

void store_write_refusal_names(struct arena *a)
{
	char *names = arena_memory(a, "refusals");

	for (unsigned i = 0; i < REFUSALS; i++)
		snprintf(names + (size_t)i * STORE_REFUSAL_NAME_MAX, STORE_REFUSAL_NAME_MAX, "%s",
			refusal_name((enum refusal)i));
}

int store_open(struct store *s, const struct config *config, bool discard, char *error, size_t cap)
{
	struct arena_region regions[REGIONS];
	const struct arena_options options = {
		.name = config->name,
		.folder = config->arena_folder,
		.discard = discard,
		.carry = config->cluster.n_kafka > 0 ? carry_all_over : carry_over,
	};

	describe(regions, config);
	int ret = arena_open(&s->arena, &options, regions, REGIONS, error, cap);
	if (ret < 0)
		return ret;
	ret = sessions_make_key(arena_memory(s->arena, "sessions"));
	if (ret < 0) {
		snprintf(error, cap, "no random key for the sessions: %s", strerror(-ret));
		arena_close(s->arena);
		return ret;
	}
	store_view(s, s->arena);
	s->hung_in = calloc(s->workers, sizeof(*s->hung_in));
	if (s->hung_in == NULL) {
		snprintf(error, cap, "out of memory");
		arena_close(s->arena);
		return -ENOMEM;
	}
	/* Always: the start that made the arena may have been killed before it came to this. */
	store_write_refusal_names(s->arena);
	return 0;
}

void store_close(struct store *s, bool remove)
{
	free(s->hung_in);
	s->hung_in = NULL;
	if (remove)
		arena_remove(s->arena);
	else
		arena_close(s->arena);
}

uint64_t store_next_window(const struct store *s)
{
	uint64_t next = store_now_shown(s)->window + 1, first = s->reactors_head->first_window;

	return next > first ? next : first;
}

void store_seed_window(struct store *s, uint64_t number)
{
	struct reactors_head *head = s->reactors_head;

	if (number > head->first_window)
		head->first_window = number;
	head->window = store_next_window(s);
}

void store_seed_total(struct store *s, unsigned row, uint64_t total)
{
	for (unsigned i = 0; i < 2; i++) {
		uint64_t *shown = &store_totals(s, s->shown[i])[row];

		if (total > *shown)
			*shown = total;
	}
}

unsigned store_rows_used(const struct store *s)
{
	unsigned n = s->rows;

	while (n > 0 && s->row_table[n - 1].state == STORE_ROW_FREE)
		n--;
	return n;
}

void store_add_row(struct store *s, unsigned row, uint16_t channel)
{
	uint64_t window = store_next_window(s);

	s->row_table[row].channel = channel;
	s->row_table[row].began_high = (uint8_t)(window >> 16);
	s->row_table[row].began_low = (uint16_t)window;
	__atomic_store_n(&s->row_table[row].state, STORE_ROW_OPEN, __ATOMIC_RELEASE);
}

int store_open_row(struct store *s, uint16_t channel)
{
	unsigned used = store_rows_used(s);

	for (unsigned i = 0; i < used; i++) {
		if (s->row_table[i].channel == channel) {
			s->row_table[i].state = STORE_ROW_OPEN;
			return (int)i;
		}
	}
	if (used == s->rows)
		return -ENOSPC;
	store_add_row(s, used, channel);
	return (int)used;
}

void store_close_others(struct store *s, const struct config_channel *channels, unsigned n)
{
	for (unsigned i = 0; i < store_rows_used(s); i++) {
		bool wanted = false;

		for (unsigned j = 0; j < n; j++)
			wanted = wanted || channels[j].id == s->row_table[i].channel;
		if (!wanted)
			s->row_table[i].state = STORE_ROW_CLOSED;
	}
}
