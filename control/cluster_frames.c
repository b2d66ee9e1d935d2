/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster_frames.h"

#include "control/log.h"
#include "control/window_clock.h"
#include "wire/frame.h"

#include <stdlib.h>

/* An older window tells nothing of how long frames take: it lay in the topic before we came. */
static const uint64_t FRESH_NS = 60000000000;

/* So long subscribers wait in the kernel's backlog for the first frames. */
enum { PATIENCE_MS = 10000, SETTLE_MS = 3000 };

struct cluster_frames *cluster_frames_make(struct fanout *fanout, const struct store *store)
{
	struct cluster_frames *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fanout = fanout;
	c->store = store;
	c->patience_ms = window_clock_read().monotonic / 1000000 + PATIENCE_MS;
	return c;
}

/* Rows are only ever added, and stay with their channel. */
static void learn_rows(struct cluster_frames *c)
{
	unsigned used = store_rows_used(c->store);

	for (; c->rows < used; c->rows++)
		c->row_plus_1[c->store->row_table[c->rows].channel] = (uint16_t)(c->rows + 1);
}

static void put_on_board(struct cluster_frames *c, const struct record_frame *record)
{
	unsigned row_plus_1;

	if (c->store == NULL)
		return;
	learn_rows(c);
	row_plus_1 = c->row_plus_1[record->channel];
	if (row_plus_1 != 0)
		board_put(&c->store->board[row_plus_1 - 1], record->binary, record->binary_len);
}

static void publish(struct cluster_frames *c, const struct record_frame *record)
{
	struct frame f;

	if (frame_decode(record->binary, record->binary_len, &f) < 0)
		return;
	const struct fanout_frame out = {
		.channel = record->channel,
		.window = f.window,
		.binary = record->binary,
		.binary_len = record->binary_len,
		.json = record->json,
		.json_len = record->json_len,
	};

	fanout_publish(c->fanout, &out);
	put_on_board(c, record);
}

/* One that is not open may have a last frame, for those who still have the channel. */
static void take_frame(void *context, const struct record_frame *record)
{
	struct cluster_frames *c = context;
	bool *open = &c->open[record->channel];

	if (record->open && !*open)
		fanout_open_channel(c->fanout, record->channel);
	if ((record->open || *open) && record->binary_len > 0)
		publish(c, record);
	if (!record->open && *open)
		fanout_close_channel(c->fanout, record->channel);
	*open = record->open;
}

static void take_catalogue(void *context, const char *json, size_t len)
{
	struct cluster_frames *c = context;

	if (fanout_catalogue(c->fanout, json, len) < 0)
		LOG_ERROR("no memory: clients go on with the catalogue of before");
}

static void flush(void *context, uint64_t ends_ms)
{
	struct cluster_frames *c = context;
	struct window_now now = window_clock_read();
	uint64_t ended = ends_ms * 1000000, age = now.wall > ended ? now.wall - ended : 0;

	if (age < FRESH_NS && age < now.monotonic)
		fanout_flush_window(c->fanout, now.monotonic - age);
	else
		fanout_flush(c->fanout);
}

struct follower_sink cluster_frames_sink(struct cluster_frames *c)
{
	return (struct follower_sink){
		.frame = take_frame,
		.catalogue = take_catalogue,
		.flush = flush,
		.context = c,
	};
}

void cluster_frames_turn(struct cluster_frames *c, struct cluster *cluster)
{
	if (c->admitted)
		return;
	const struct follower_status *f = cluster_read_status(cluster).follower;
	uint64_t now_ms = window_clock_read().monotonic / 1000000;
	bool here = f->caught_up && f->channels > 0;
	if (here && c->empty && now_ms + SETTLE_MS < c->patience_ms)
		c->patience_ms = now_ms + SETTLE_MS;
	c->empty = c->empty || (f->caught_up && !here);
	if (now_ms < c->patience_ms && (!here || c->empty))
		return;
	if (!here)
		LOG_WARNING("the frames of the cluster are not here yet: subscribers are let in, "
			    "and refused until they are");
	fanout_admit(c->fanout);
	c->admitted = true;
}
