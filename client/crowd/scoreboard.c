/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/scoreboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int scoreboard_init(struct scoreboard *b, const uint16_t *channels, unsigned n, uint64_t now)
{
	memset(b, 0, sizeof(*b));
	b->channels = calloc(n, sizeof(*b->channels));
	if (b->channels == NULL)
		return -ENOMEM;
	b->n = n;
	b->came = now;
	for (unsigned i = 0; i < n; i++)
		b->channels[i].id = channels[i];
	return 0;
}

void scoreboard_free(struct scoreboard *b)
{
	free(b->channels);
	b->channels = NULL;
	b->n = 0;
}

bool scoreboard_ready(const struct scoreboard *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (!b->channels[i].fresh)
			return false;
	}
	return true;
}

void scoreboard_begin(struct scoreboard *b)
{
	for (unsigned i = 0; i < b->n; i++)
		b->channels[i].before = b->channels[i].newest.total;
	b->windows = 0;
	b->begun = true;
}

uint64_t scoreboard_counted(const struct scoreboard *b)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < b->n; i++)
		sum += (int64_t)(b->channels[i].newest.total - b->channels[i].before);
	return b->begun && sum > 0 ? (uint64_t)sum : 0;
}

static struct board_channel *find(struct scoreboard *b, uint16_t id)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (b->channels[i].id == id)
			return &b->channels[i];
	}
	return NULL;
}

static int most_first(const void *a, const void *b)
{
	const struct frame_entry *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->reaction > y->reaction) - (x->reaction < y->reaction);
}

static void add_entries(uint64_t counts[WIRE_REACTIONS_MAX], const struct frame *f)
{
	for (unsigned i = 0; i < f->n; i++)
		counts[f->entries[i].reaction] += f->entries[i].count;
}

/* A frame may lie; its shares still stay within 0 to 1. */
static uint16_t share_of(uint64_t count, uint64_t taps)
{
	return count >= taps ? FRAME_SHARE_ONE : (uint16_t)(count * FRAME_SHARE_ONE / taps);
}

static void sum_up(const struct scoreboard *b, struct board_sum *sum)
{
	uint64_t counts[WIRE_REACTIONS_MAX] = {0};
	double score = 0;

	memset(sum, 0, sizeof(*sum));
	sum->window = b->window;
	for (unsigned i = 0; i < b->n; i++) {
		const struct frame *f = &b->channels[i].newest;

		sum->total += f->total;
		if (!b->channels[i].seen || f->window != b->window)
			continue;
		sum->taps += f->taps;
		score += (double)f->score * f->taps;
		add_entries(counts, f);
	}
	sum->score = sum->taps == 0 ? 0 : score / (double)sum->taps / FRAME_SHARE_ONE;
	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++) {
		if (counts[r] == 0)
			continue;
		sum->entries[sum->n++] = (struct frame_entry){
			.reaction = (uint8_t)r,
			.count = counts[r] > UINT32_MAX ? UINT32_MAX : (uint32_t)counts[r],
			.share = share_of(counts[r], sum->taps),
		};
	}
	qsort(sum->entries, sum->n, sizeof(sum->entries[0]), most_first);
}

static bool all_there(const struct scoreboard *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (!b->channels[i].seen || b->channels[i].newest.window != b->window)
			return false;
	}
	return true;
}

bool scoreboard_take(struct scoreboard *b, const struct frame *f, struct board_sum *closed)
{
	struct board_channel *channel = find(b, f->channel);
	bool over = false;

	if (channel == NULL || (channel->seen && f->window < channel->newest.window))
		return false;
	if (f->window > b->window) {
		over = b->begun && b->windows > 0 && !b->complete;
		if (over)
			sum_up(b, closed);
		b->window = f->window;
		b->complete = false;
		b->windows += b->begun;
	}
	// the second window counts whatever its clock says: it may be wrong by more than a window
	channel->fresh = channel->fresh || f->ends >= b->came ||
			 (channel->seen && f->window > channel->newest.window);
	channel->newest = *f;
	channel->seen = true;
	if (!b->complete && all_there(b)) {
		b->complete = true;
		if (over || !b->begun || b->windows == 0)
			return over;
		sum_up(b, closed);
		over = true;
	}
	return over;
}

bool scoreboard_end(struct scoreboard *b, struct board_sum *last)
{
	if (!b->begun || b->windows == 0 || b->complete)
		return false;
	sum_up(b, last);
	b->complete = true;
	return true;
}
