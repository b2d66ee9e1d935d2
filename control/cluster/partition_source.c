/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/partition_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTERS_TOGETHER = 16 }; // that a source has room for

struct record_source partition_source_name(const struct partition *p, const struct source *s)
{
	struct record_source name = {.generation = s->generation, .began = s->began};

	memcpy(name.node, p->nodes.all[s->node].name, sizeof(name.node));
	return name;
}

static bool is_it(const struct source *s, unsigned node, const struct record_source *of)
{
	return s->node == node && s->generation == of->generation && s->began == of->began;
}

/* A node sends its channels in the same order, and most channels have the same nodes: so its place
 * in one channel is mostly its place in the next. */
struct source *partition_source(
	struct partition *p, struct channel *c, struct node *node, const struct record_source *of)
{
	unsigned number = (unsigned)(node - p->nodes.all);

	if (node->place < c->n_sources && is_it(&c->sources[node->place], number, of))
		return &c->sources[node->place];
	for (unsigned i = 0; i < c->n_sources; i++) {
		if (!is_it(&c->sources[i], number, of))
			continue;
		node->place = i;
		return &c->sources[i];
	}
	return NULL;
}

static struct source *add(
	struct partition *p, struct channel *c, unsigned number, const struct record_source *of)
{
	if (c->n_sources == PARTITION_SOURCES_MAX)
		return NULL;
	if (c->n_sources == c->room) {
		unsigned room = c->room == 0 ? 4 : c->room * 2;
		struct source *more = reallocarray(c->sources, room, sizeof(*more));

		if (more == NULL)
			return NULL;
		c->sources = more;
		c->room = room;
	}
	p->stats.sources++;
	struct source *s = &c->sources[c->n_sources++];
	*s = (struct source){
		.node = (uint16_t)number, .generation = of->generation, .began = of->began};
	return s;
}

/* How many counters of the tally are to be kept: up to the last that is not 0. */
static unsigned used(const struct record_tally *t)
{
	unsigned n = WIRE_REACTIONS_MAX;

	while (n > 0 && t->counts[n - 1] == 0)
		n--;
	return n;
}

static bool make_room(struct source *s, unsigned n)
{
	unsigned room = (n + COUNTERS_TOGETHER - 1) / COUNTERS_TOGETHER * COUNTERS_TOGETHER;

	if (n <= s->n)
		return true;
	uint64_t *counts = reallocarray(s->counts, room, sizeof(*counts));
	if (counts == NULL)
		return false;
	memset(counts + s->n, 0, (room - s->n) * sizeof(*counts));
	s->counts = counts;
	s->n = (uint16_t)room;
	return true;
}

static uint64_t growth_of(const struct source *s, const struct record_tally *t, unsigned r)
{
	return t->counts[r] > s->counts[r] ? t->counts[r] - s->counts[r] : 0;
}

static bool fits(
	const struct channel *c, const struct source *s, const struct record_tally *t, unsigned n)
{
	uint64_t room = UINT64_MAX - c->taps;

	for (unsigned r = 0; r < n; r++) {
		uint64_t growth = growth_of(s, t, r);

		if (growth > room)
			return false;
		room -= growth;
	}
	return true;
}

static bool grow(struct partition *p, struct channel *c, struct source *s,
	const struct record_tally *t, unsigned n)
{
	uint64_t taps = 0;

	for (unsigned r = 0; r < n; r++) {
		uint64_t growth = growth_of(s, t, r);

		s->counts[r] += growth;
		c->sum[r] += growth;
		taps += growth;
	}
	c->taps += taps;
	p->stats.taps += taps;
	return taps > 0;
}

int partition_merge(
	struct partition *p, struct channel *c, struct node *node, const struct record_tally *t)
{
	struct source *s = partition_source(p, c, node, &t->source);
	unsigned n = used(t);

	if (s == NULL)
		s = add(p, c, (unsigned)(node - p->nodes.all), &t->source);
	if (s == NULL || !make_room(s, n))
		return -ENOMEM;
	if (!fits(c, s, t, n))
		return -EOVERFLOW;
	if (t->ends > s->ends)
		s->ends = t->ends;
	bool grew = grow(p, c, s, t, n);
	c->grown |= grew;
	return grew;
}

static void drop(struct partition *p, struct channel *c, struct source *s)
{
	free(s->counts);
	*s = c->sources[--c->n_sources];
	p->stats.sources--;
}

void partition_remove_source(struct partition *p, struct channel *c, struct source *s)
{
	for (unsigned r = 0; r < s->n; r++) {
		c->sum[r] -= s->counts[r];
		c->taps -= s->counts[r];
		p->stats.taps -= s->counts[r];
	}
	drop(p, c, s);
}

/* The oldest is forgotten. */
static void remember(struct partition *p, struct channel *c, const struct source *s)
{
	if (c->n_retired == RECORD_RETIRED_MAX) {
		c->n_retired--;
		memmove(c->retired_sources, c->retired_sources + 1,
			c->n_retired * sizeof(*c->retired_sources));
	}
	c->retired_sources[c->n_retired++] = partition_source_name(p, s);
}

void partition_retire_source(struct partition *p, struct channel *c, struct source *s)
{
	remember(p, c, s);
	for (unsigned r = 0; r < s->n; r++)
		c->retired[r] += s->counts[r];
	drop(p, c, s);
}
