/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A take-over. Frames, each of which says where it left its channel, are read before the tallies;
 * then the machine stands where its predecessor stood, but for what nobody has committed.
 */

#include "control/cluster/partition_state.h"

#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

/* The sum goes on from what is retired now in place of what was before. */
static bool take_retired(struct partition *p, struct channel *c, const uint64_t *retired)
{
	uint64_t room = UINT64_MAX - c->taps;

	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		room += c->retired[r];
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++) {
		if (retired[r] > room)
			return false;
		room -= retired[r];
	}
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++) {
		p->stats.taps += retired[r] - c->retired[r];
		c->taps += retired[r] - c->retired[r];
		c->sum[r] += retired[r] - c->retired[r];
		c->retired[r] = retired[r];
	}
	return true;
}

static bool take_sources(struct channel *c, const struct record_frame *f)
{
	if (f->n_sources > 0 && !channel_can_retire(c))
		return false; // no memory
	c->n_retired = f->n_sources;
	if (f->n_sources > 0)
		memcpy(c->retired_sources, f->sources, f->n_sources * sizeof(*c->retired_sources));
	return true;
}

static bool take_frame(struct partition *p, const struct record_frame *f)
{
	struct channel *c = partition_channel(p, f->channel);
	struct frame binary;

	if (c == NULL || !take_sources(c, f) || !take_retired(p, c, f->retired))
		return false;
	memcpy(c->committed, f->merged, sizeof(c->committed));
	c->mood = f->mood;
	c->shown = f->open;
	if (f->binary_len > 0 && frame_decode(f->binary, f->binary_len, &binary) == 0 &&
		binary.ends > p->ends)
		p->ends = binary.ends;
	return true;
}

static bool is_catalogue(const void *key, size_t len)
{
	uint16_t channel;

	return record_frame_key_decode(key, len, &channel) == 0 && channel == RECORD_NO_CHANNEL;
}

void partition_frames_record(
	struct partition *p, const void *key, size_t key_len, const void *value, size_t len)
{
	if (p->begun || value == NULL || is_catalogue(key, key_len))
		return;
	if (record_frame_decode(key, key_len, value, len, &p->frame) != 0 ||
		!take_frame(p, &p->frame))
		p->stats.malformed++;
}

/* Those that have not reported for so long as makes others be dropped have been dropped. */
static void begin_nodes(struct partition *p, uint64_t now_ms)
{
	uint64_t patience = (uint64_t)p->rules.missed_windows * p->rules.window_ms;

	for (unsigned i = 0; i < p->nodes.n; i++) {
		struct node *n = &p->nodes.all[i];

		n->heard = false;
		if (n->ends < now_ms && now_ms - n->ends > patience)
			n->live = false;
	}
}

/* What the predecessor has committed is in tallies, too. */
static void begin_channel(struct channel *c)
{
	c->grown = false;
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		c->grown |= c->sum[r] > c->committed[r];
}

void partition_begin(struct partition *p, uint64_t now_ms)
{
	if (p->ends > now_ms + PARTITION_AHEAD_MAX_MS) {
		p->stats.malformed++;
		p->ends = 0;
	}
	// With nothing before, the window that has just ended is the first.
	p->closed =
		p->ends != 0 || now_ms < p->rules.window_ms ? p->ends : now_ms - p->rules.window_ms;
	p->stats.ends = p->ends;
	p->stats.window = p->ends / 1000;
	begin_nodes(p, now_ms);
	for (unsigned i = 0; i < p->n_places; i++) {
		if (p->channels[i] != NULL)
			begin_channel(p->channels[i]);
	}
	p->begun = true;
}
