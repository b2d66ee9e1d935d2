/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/windows.h"

#include "control/log.h"
#include "control/reactor_count.h"
#include "control/row_tree.h"

#include <errno.h>
#include <stdlib.h>

enum { LATE_MS = 100 }; // worth a line in the log

static int make_sums(struct windows *w, const struct store *s)
{
	size_t depths = (size_t)s->rows + 1;

	w->sums = calloc(depths, sizeof(*w->sums));
	w->counts = calloc(depths * s->stride, sizeof(*w->counts));
	if (w->sums == NULL || w->counts == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < depths; i++)
		w->sums[i].counts = w->counts + i * s->stride;
	return 0;
}

int windows_init(struct windows *w, struct mood_rules rules, struct store *store)
{
	w->rules = rules;
	w->memory = store->moods;
	w->people = NULL;
	w->last = calloc(store->rows, sizeof(*w->last));
	if (w->last == NULL || make_sums(w, store) < 0 ||
		channel_tree_init(&w->tree, store->rows) < 0 || merge_init(&w->merge, store) < 0)
		return -ENOMEM;
	return reactor_count_begin(store);
}

void windows_free(struct windows *w)
{
	merge_free(&w->merge);
	channel_tree_free(&w->tree);
	free(w->sums);
	free(w->counts);
	free(w->last);
	free(w->people);
}

int windows_keep_people(struct windows *w)
{
	w->people = calloc(w->merge.store->rows, sizeof(*w->people));
	return w->people != NULL ? 0 : -ENOMEM;
}

void windows_counted(const struct windows *w, unsigned row, uint64_t *counts)
{
	const struct store *s = w->merge.store;
	struct store_shown *shown = s->shown[*s->active];
	const uint64_t *own = shown->tallies + (size_t)row * s->stride;
	const uint64_t *below = store_row_below(s, shown, row);

	for (unsigned r = 0; r < s->stride; r++)
		counts[r] = own[r] + below[r];
}

void windows_set_parents(struct windows *w, const struct config_channel *channels, unsigned n)
{
	row_tree_set_parents(w->merge.store, channels, n);
	w->tree.n = 0;
}

/* Its own taps; those of the rows below it are in the sum already. */
static void add_own(struct windows *w, unsigned row, struct window_sum *sum)
{
	const struct store *s = w->merge.store;
	const uint64_t *counts = merge_row(&w->merge, row);

	if (counts != NULL && window_sum_count(sum, counts, s->stride) > 0)
		reactor_count_add(s, row, w->number, merge_movers(&w->merge, row), &sum->people);
}

static void make_frame(struct windows *w, unsigned row, const struct window_sum *sum)
{
	struct frame *frame = &w->last[row];
	const struct store *s = w->merge.store;
	const struct mood_window window = {
		.channel = s->row_table[row].channel,
		.window = (uint32_t)w->number,
		.ends_ms = w->span.ends_ms,
		.length_ms = w->span.length_ms,
		.total = merge_total(&w->merge, row, sum->taps),
		.counts = sum->counts,
		.n = sum->taps > 0 ? s->stride : 0,
	};

	mood_frame(frame, &w->memory[row], &window, &w->rules);
	if (sum->taps > 0)
		frame->reactors = reactor_count_estimate(&sum->people, frame->taps);
}

static void keep_people(struct windows *w, unsigned row, const struct window_sum *sum)
{
	if (w->people != NULL && sum->taps > 0)
		w->people[row] = sum->people;
}

static void close_row(struct windows *w, struct channel_tree_place place)
{
	struct window_sum *sum = &w->sums[place.depth + 1];
	unsigned stride = w->merge.store->stride;

	if (sum->taps > 0)
		merge_below(&w->merge, place.channel, sum->counts);
	add_own(w, place.channel, sum);
	make_frame(w, place.channel, sum);
	keep_people(w, place.channel, sum);
	if (place.depth > 0)
		window_sum_add(&w->sums[place.depth], sum, stride);
	window_sum_clear(sum, stride);
}

void windows_close(struct windows *w, struct window_span span)
{
	struct store *s = w->merge.store;
	uint64_t before = store_now_shown(s)->taps_in_windows;

	if (w->tree.n != store_rows_used(s))
		row_tree_order(&w->tree, s);
	w->number = store_next_window(s);
	w->span = span;
	reactor_count_turn(s, w->number + 1);
	merge_begin(&w->merge);
	for (unsigned i = 0; i < w->tree.n; i++)
		close_row(w, w->tree.order[i]);
	merge_commit(&w->merge, w->number, span.ends_ms);
	w->taps = store_now_shown(s)->taps_in_windows - before;
	histogram_add(&w->late, span.late_ns);
	if (span.late_ms > LATE_MS)
		LOG_WARNING(
			"window %lu was closed %u ms late", (unsigned long)w->number, span.late_ms);
	LOG_DEBUG("window %lu: %lu taps", (unsigned long)w->number, (unsigned long)w->taps);
}
