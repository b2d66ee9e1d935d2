/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/broadcast.h"

/* 32 entries with the longest labels that a configuration may have fit in a quarter of it. */
enum { JSON_MAX = 64 << 10 };

void broadcast_open(struct fanout *fanout, const struct store *store)
{
	unsigned used = store_rows_used(store);

	board_clear(store->board, store->rows);
	for (unsigned row = 0; row < used && fanout != NULL; row++) {
		if (store->row_table[row].state == STORE_ROW_OPEN)
			fanout_open_channel(fanout, store->row_table[row].channel);
	}
}

static void send_frame(struct fanout *fanout, struct board_slot *slot, const struct frame *f,
	const struct catalogue *catalogue)
{
	uint8_t binary[WIRE_FRAME_MAX];
	char json[JSON_MAX];
	const struct fanout_frame out = {
		.channel = f->channel,
		.window = f->window,
		.binary = binary,
		.binary_len = frame_encode(f, binary),
		.json = json,
		.json_len = frame_encode_json(f, catalogue->labels, json, sizeof(json)),
	};

	board_put(slot, out.binary, out.binary_len);
	fanout_publish(fanout, &out);
}

/* A closed row shows its last taps in the ledger, but nobody subscribes to it any more. */
void broadcast_window(
	struct fanout *fanout, const struct windows *windows, const struct catalogue *catalogue)
{
	const struct store *store = windows->merge.store;
	unsigned used = store_rows_used(store);

	for (unsigned row = 0; row < used; row++) {
		if (store->row_table[row].state == STORE_ROW_OPEN)
			send_frame(fanout, &store->board[row], &windows->last[row], catalogue);
	}
	fanout_flush_window(fanout, windows->span.ends_mono);
}
