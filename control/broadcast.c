/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/broadcast.h"

#include "control/log.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

int broadcast_init(struct broadcast *b, struct fanout *fanout, const struct catalogue *catalogue,
	struct store *store)
{
	b->fanout = fanout;
	b->catalogue = catalogue;
	b->memory = calloc(store->rows, sizeof(*b->memory));
	b->last = calloc(store->rows, sizeof(*b->last));
	if (b->memory == NULL || b->last == NULL || merge_init(&b->merge, store) < 0)
		return -ENOMEM;
	for (unsigned row = 0; row < store_rows_used(store); row++) {
		if (store->row_table[row].state == STORE_ROW_OPEN)
			fanout_open_channel(fanout, store->row_table[row].channel);
	}
	return 0;
}

void broadcast_free(struct broadcast *b)
{
	merge_free(&b->merge);
	free(b->memory);
	free(b->last);
}

/* One series for all channels; the first window of a new arena takes the Unix time in seconds. */
static uint64_t next_number(const struct store *s)
{
	uint64_t last = store_now_shown(s)->window;

	return last != 0 ? last + 1 : (uint64_t)time(NULL);
}

static void send_frame(struct broadcast *b, const struct frame *f)
{
	uint8_t binary[WIRE_FRAME_MAX];
	const struct fanout_frame out = {
		.channel = f->channel,
		.window = f->window,
		.binary = binary,
		.binary_len = frame_encode(f, binary),
		.json = b->json,
		.json_len = frame_encode_json(f, b->catalogue->labels, b->json, sizeof(b->json)),
	};

	fanout_publish(b->fanout, &out);
}

/* A closed row shows its last taps in the ledger, but nobody subscribes to it any more. */
static void merge_one(struct broadcast *b, unsigned row, uint32_t number, struct window_span span)
{
	const struct store *s = b->merge.store;
	struct mood_window window = {
		.channel = s->row_table[row].channel,
		.window = number,
		.ends_ms = span.ends_ms,
		.length_ms = span.length_ms,
		.n = s->stride,
	};

	window.counts = merge_row(&b->merge, row, &window.total);
	mood_frame(&b->last[row], &b->memory[row], &window, b->catalogue->weights);
}

void broadcast_window(struct broadcast *b, struct window_span span)
{
	const struct store *s = b->merge.store;
	uint64_t number = next_number(s), before = store_now_shown(s)->taps_in_windows;
	unsigned used = store_rows_used(s);

	merge_begin(&b->merge);
	for (unsigned row = 0; row < used; row++)
		merge_one(b, row, (uint32_t)number, span);
	merge_commit(&b->merge, number, span.ends_ms);

	for (unsigned row = 0; row < used; row++) {
		if (s->row_table[row].state == STORE_ROW_OPEN)
			send_frame(b, &b->last[row]);
	}
	fanout_flush(b->fanout);
	b->taps = store_now_shown(s)->taps_in_windows - before;
	b->span = span;
	if (span.late_ms > 100)
		LOG_WARNING(
			"window %lu was closed %u ms late", (unsigned long)number, span.late_ms);
}
