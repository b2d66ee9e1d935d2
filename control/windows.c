/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/windows.h"

#include "control/log.h"
#include "control/reactor_count.h"

#include <errno.h>
#include <stdlib.h>

enum { LATE_MS = 100 }; // worth a line in the log

int windows_init(struct windows *w, struct mood_rules rules, struct store *store)
{
	w->rules = rules;
	w->memory = calloc(store->rows, sizeof(*w->memory));
	w->last = calloc(store->rows, sizeof(*w->last));
	if (w->memory == NULL || w->last == NULL || merge_init(&w->merge, store) < 0)
		return -ENOMEM;
	return reactor_count_begin(store);
}

void windows_free(struct windows *w)
{
	merge_free(&w->merge);
	free(w->memory);
	free(w->last);
}

static void close_row(struct windows *w, unsigned row, struct window_span span)
{
	struct frame *frame = &w->last[row];
	const struct store *s = w->merge.store;
	struct mood_window window = {
		.channel = s->row_table[row].channel,
		.window = (uint32_t)w->number,
		.ends_ms = span.ends_ms,
		.length_ms = span.length_ms,
		.n = s->stride,
	};

	window.counts = merge_row(&w->merge, row, &window.total);
	mood_frame(frame, &w->memory[row], &window, &w->rules);
	frame->reactors = reactor_count_row(s, row, w->number, frame->taps);
}

void windows_close(struct windows *w, struct window_span span)
{
	struct store *s = w->merge.store;
	uint64_t before = store_now_shown(s)->taps_in_windows;
	unsigned used = store_rows_used(s);

	w->number = store_next_window(s);
	w->span = span;
	reactor_count_turn(s, w->number + 1);
	merge_begin(&w->merge);
	for (unsigned row = 0; row < used; row++)
		close_row(w, row, span);
	merge_commit(&w->merge, w->number, span.ends_ms);
	w->taps = store_now_shown(s)->taps_in_windows - before;
	if (span.late_ms > LATE_MS)
		LOG_WARNING(
			"window %lu was closed %u ms late", (unsigned long)w->number, span.late_ms);
	LOG_DEBUG("window %lu: %lu taps", (unsigned long)w->number, (unsigned long)w->taps);
}
