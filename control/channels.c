/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/channels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A bit for each channel. */
struct channel_set {
	uint64_t words[(WIRE_CHANNELS_MAX + 1 + 63) / 64];
};

static void add(struct channel_set *s, unsigned channel)
{
	s->words[channel / 64] |= 1ull << channel % 64;
}

static bool has(const struct channel_set *s, unsigned channel)
{
	return (s->words[channel / 64] >> channel % 64 & 1) != 0;
}

static void wanted_channels(struct channel_set *s, const struct config *config)
{
	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < config->n_channels; i++)
		add(s, config->channels[i].id);
}

static void channels_with_rows(struct channel_set *s, const struct store *store)
{
	unsigned used = store_rows_used(store);

	memset(s, 0, sizeof(*s));
	for (unsigned row = 0; row < used; row++)
		add(s, store->row_table[row].channel);
}

int channels_init(struct channels *c, const struct store *store)
{
	*c = (struct channels){.closing = calloc(store->rows, sizeof(*c->closing))};
	return c->closing == NULL ? -ENOMEM : 0;
}

void channels_free(struct channels *c)
{
	free(c->closing);
}

bool channels_fit(const struct store *store, const struct config *config, unsigned *missing)
{
	unsigned room = store->rows - store_rows_used(store), wanted = 0;
	struct channel_set there;

	channels_with_rows(&there, store);
	for (unsigned i = 0; i < config->n_channels; i++)
		wanted += !has(&there, config->channels[i].id);
	*missing = wanted > room ? wanted - room : 0;
	return *missing == 0;
}

static void close_later(struct channels *c, unsigned row, bool closing)
{
	c->n_closing += closing && !c->closing[row];
	c->n_closing -= !closing && c->closing[row];
	c->closing[row] = closing;
}

/* The frame on the board is the last one of before. */
static void open_again(struct store *store, unsigned row, struct fanout *fanout)
{
	board_put(&store->board[row], store->board[row].frame, 0);
	store->row_table[row].state = STORE_ROW_OPEN;
	if (fanout != NULL)
		fanout_open_channel(fanout, store->row_table[row].channel);
}

static void take_row(struct channels *c, struct store *store, unsigned row,
	const struct channel_set *wanted, struct fanout *fanout)
{
	bool open = store->row_table[row].state == STORE_ROW_OPEN;

	if (open)
		close_later(c, row, !has(wanted, store->row_table[row].channel));
	else if (has(wanted, store->row_table[row].channel))
		open_again(store, row, fanout);
}

void channels_take(
	struct channels *c, struct store *store, const struct config *config, struct fanout *fanout)
{
	struct channel_set wanted, there;
	unsigned used = store_rows_used(store);

	wanted_channels(&wanted, config);
	channels_with_rows(&there, store);
	for (unsigned row = 0; row < used; row++)
		take_row(c, store, row, &wanted, fanout);
	for (unsigned i = 0; i < config->n_channels; i++) {
		uint16_t channel = (uint16_t)config->channels[i].id;

		if (has(&there, channel))
			continue;
		store_add_row(store, used++, channel);
		if (fanout != NULL)
			fanout_open_channel(fanout, channel);
	}
}

void channels_say_last(const struct channels *c, struct windows *windows)
{
	for (unsigned row = 0; row < windows->merge.store->rows; row++) {
		if (c->closing[row])
			windows->last[row].flags |= FRAME_CLOSED;
	}
}

void channels_end(struct channels *c, struct store *store, struct fanout *fanout)
{
	for (unsigned row = 0; row < store->rows; row++) {
		if (!c->closing[row])
			continue;
		close_later(c, row, false);
		store->row_table[row].state = STORE_ROW_CLOSED;
		if (fanout != NULL)
			fanout_close_channel(fanout, store->row_table[row].channel);
	}
}
