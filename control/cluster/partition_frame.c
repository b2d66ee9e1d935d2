/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The frame of a channel in a window, and what its successor is made from.
 */

#include "control/cluster/partition_state.h"

#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

/* 32 entries with the longest labels that a configuration may have fit in a quarter of it. */
enum { JSON_MAX = 64 << 10 };

/* What the channel has by reaction. If tallies are gone that were merged once, it does not fall. */
static uint64_t merged(const struct channel *c, unsigned r)
{
	return c->sum[r] > c->committed[r] ? c->sum[r] : c->committed[r];
}

static unsigned count_window(const struct channel *c, uint64_t counts[WIRE_REACTIONS_MAX])
{
	unsigned n = 0;

	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++) {
		counts[r] = merged(c, r) - c->committed[r];
		if (counts[r] > 0)
			n = r + 1;
	}
	return n;
}

/* What is committed may be what a stranger wrote. */
static uint64_t add_saturating(uint64_t a, uint64_t b)
{
	return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static uint64_t total_of(const struct channel *c)
{
	uint64_t total = 0;

	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		total = add_saturating(total, merged(c, r));
	return total;
}

/* Since the last window that was published: in what was not, people tapped, too. */
static uint32_t length_of(const struct partition *p)
{
	bool follows = p->ends != 0 && p->ends < p->closed;
	uint64_t length = follows ? p->closed - p->ends : p->rules.window_ms;

	return length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
}

static void fill_mood(struct partition *p, struct channel *c, struct frame *f)
{
	uint64_t counts[WIRE_REACTIONS_MAX];
	const struct mood_window window = {
		.channel = c->id,
		.window = (uint32_t)(p->closed / 1000),
		.ends_ms = p->closed,
		.length_ms = length_of(p),
		.total = total_of(c),
		.counts = counts,
		.n = count_window(c, counts),
	};

	c->mood_next = c->mood;
	mood_frame(f, &c->mood_next, &window, &p->rules.mood);
	f->reactors = channel_people(c, p->closed, f->taps);
	if (!c->opens)
		f->flags |= FRAME_CLOSED;
}

static void add_source(struct record_frame *out, const struct record_source *s)
{
	if (out->n_sources == RECORD_RETIRED_MAX) {
		memmove(out->sources, out->sources + 1,
			(RECORD_RETIRED_MAX - 1) * sizeof(out->sources[0]));
		out->n_sources--;
	}
	out->sources[out->n_sources++] = *s;
}

static void fill_retired(
	struct partition *p, const struct channel *c, const struct partition_sink *sink)
{
	struct record_frame *out = &p->frame;

	memcpy(out->retired, c->retired, sizeof(out->retired));
	out->n_sources = c->n_retired;
	if (c->n_retired > 0)
		memcpy(out->sources, c->retired_sources, c->n_retired * sizeof(out->sources[0]));
	for (unsigned i = 0; i < c->n_sources; i++) {
		const struct source *s = &c->sources[i];

		if (!s->retires)
			continue;
		const struct record_source name = partition_source_name(p, s);
		add_source(out, &name);
		for (unsigned r = 0; r < s->n; r++)
			out->retired[r] += s->counts[r];
		sink->retire(sink->context, c->id, &name);
	}
}

static void fill_state(struct partition *p, const struct channel *c)
{
	struct record_frame *out = &p->frame;
	size_t len = strnlen(p->rules.merger, RECORD_NODE_MAX);

	out->channel = c->id;
	out->open = c->opens;
	out->mood = c->mood_next;
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		out->merged[r] = merged(c, r);
	memset(out->merger, 0, sizeof(out->merger));
	memcpy(out->merger, p->rules.merger, len);
}

void partition_give_frame(
	struct partition *p, struct channel *c, uint64_t made, const struct partition_sink *sink)
{
	struct record_frame *out = &p->frame;
	uint8_t binary[WIRE_FRAME_MAX];
	char json[JSON_MAX];
	struct frame f;

	fill_mood(p, c, &f);
	fill_state(p, c);
	fill_retired(p, c, sink);
	out->made = made;
	out->binary_len = out->json_len = 0;
	out->binary = binary;
	out->json = json;
	if (c->opens || c->shown) {
		out->binary_len = frame_encode(&f, binary);
		out->json_len = frame_encode_json(&f, p->rules.labels, json, sizeof(json));
	}
	sink->frame(sink->context, out);
}

static void keep_retired(struct partition *p, struct channel *c)
{
	unsigned i = 0;

	while (i < c->n_sources) {
		struct source *s = &c->sources[i];

		if (s->retires)
			partition_retire_source(p, c, s);
		else
			i++;
	}
}

void partition_commit_channel(struct partition *p, struct channel *c)
{
	keep_retired(p, c);
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		c->committed[r] = merged(c, r);
	c->mood = c->mood_next;
	c->shown = c->opens;
	c->grown = false;
	channel_forget_people(c, p->closed);
}
