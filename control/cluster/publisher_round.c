/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/publisher_state.h"

#include <string.h>

static struct publisher_lane *lane_of(struct publisher *p, uint16_t channel)
{
	return &p->lanes[channel % p->cluster->partitions];
}

static void mark(struct publisher *p, unsigned row)
{
	p->status.marked_rows += !p->marks[row];
	p->marks[row] = true;
}

static void unmark(struct publisher *p, unsigned row)
{
	p->status.marked_rows -= p->marks[row];
	p->marks[row] = false;
}

static bool is_zero(const uint64_t *counts, unsigned n)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < n; i++)
		any |= counts[i];
	return any == 0;
}

void publisher_mark_all(struct publisher *p, const struct windows *w)
{
	const struct store *s = w->merge.store;

	for (unsigned row = 0; row < store_rows_used(s); row++) {
		windows_counted(w, row, p->tally.counts);
		if (!is_zero(p->tally.counts, s->stride))
			mark(p, row);
	}
}

void publisher_mark_grown(struct publisher *p, const struct windows *w)
{
	for (unsigned row = 0; row < store_rows_used(w->merge.store); row++) {
		if (w->last[row].taps > 0)
			mark(p, row);
	}
}

/* What a record is sent with says what becomes of it; row_plus_1 0: it is a report. */
static void *sent_with(unsigned partition, unsigned row_plus_1)
{
	return (void *)((uintptr_t)partition << 32 | row_plus_1);
}

/* False: there is no room, or no such partition. */
static bool send_record(struct publisher *p, unsigned partition, const uint8_t *key, size_t key_len,
	uint8_t *value, size_t len, void *with)
{
	int ret = rd_kafka_produce(
		p->topic, (int32_t)partition, RD_KAFKA_MSG_F_COPY, value, len, key, key_len, with);

	if (ret == 0) {
		p->lanes[partition].on_way++;
		return true;
	}
	rd_kafka_resp_err_t err = rd_kafka_last_error();
	if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
		publisher_trouble(p, err, rd_kafka_err2str(err));
	return false;
}

/* Registers are of one window: of an earlier one they would be counted in this. */
static void fill_people(struct record_tally *t, const struct windows *w, unsigned row)
{
	const struct frame *last = &w->last[row];

	t->has_people = w->people != NULL && last->taps > 0 && last->window == (uint32_t)w->number;
	if (t->has_people)
		t->people = w->people[row];
}

static void fill_tally(struct publisher *p, const struct windows *w, unsigned row)
{
	const struct store *s = w->merge.store;
	struct record_tally *t = &p->tally;

	t->channel = s->row_table[row].channel;
	t->source.generation = arena_generation(s->arena);
	t->source.began = store_row_began(&s->row_table[row]);
	t->window = p->window;
	t->ends = p->ends;
	windows_counted(w, row, t->counts);
	fill_people(t, w, row);
}

static void send_tally(struct publisher *p, const struct windows *w, unsigned row)
{
	uint8_t key[RECORD_KEY_MAX], value[RECORD_TALLY_MAX];
	unsigned partition = w->merge.store->row_table[row].channel % p->cluster->partitions;

	fill_tally(p, w, row);
	if (send_record(p, partition, key, record_tally_key(&p->tally, key), value,
		    record_tally_encode(&p->tally, value), sent_with(partition, row + 1)))
		unmark(p, row);
	else
		p->lanes[partition].cut_short = true;
}

static void send_report(struct publisher *p, const struct windows *w, unsigned partition)
{
	uint8_t key[RECORD_KEY_MAX], value[RECORD_REPORT_MAX];
	struct record_report r = {
		.generation = arena_generation(w->merge.store->arena),
		.window = p->window,
		.ends = p->ends,
		.window_ms = p->window_ms,
		.leaves = p->leaves,
	};

	memcpy(r.node, p->tally.source.node, sizeof(r.node));
	if (!send_record(p, partition, key, record_report_key(&r, key), value,
		    record_report_encode(&r, value), sent_with(partition, 0)))
		p->lanes[partition].cut_short = true;
}

/* Returns how many begin. */
static unsigned choose_lanes(struct publisher *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->cluster->partitions; i++) {
		struct publisher_lane *lane = &p->lanes[i];

		lane->begins = lane->on_way == 0 && (lane->window != p->window || lane->cut_short);
		if (!lane->begins)
			continue;
		lane->window = p->window;
		lane->ends = p->ends;
		lane->cut_short = lane->failed = false;
		n++;
	}
	return n;
}

void publisher_begin_rounds(struct publisher *p, const struct windows *w)
{
	const struct store *s = w->merge.store;

	if (p->producer == NULL || p->fatal || p->topics != TOPICS_GOOD || p->window == 0 ||
		choose_lanes(p) == 0)
		return;
	for (unsigned row = 0; row < store_rows_used(s); row++) {
		if (p->marks[row] && lane_of(p, s->row_table[row].channel)->begins)
			send_tally(p, w, row);
	}
	for (unsigned i = 0; i < p->cluster->partitions; i++) {
		if (p->lanes[i].begins && !p->lanes[i].cut_short)
			send_report(p, w, i);
	}
}

static void end_round(struct publisher *p, struct publisher_lane *lane)
{
	if (lane->failed || lane->cut_short)
		return;
	lane->through = lane->window;
	lane->through_ends = lane->ends;
	p->status.rounds++;
}

/* What failed goes again at the end of the next window: at once, it might fail as fast. */
void publisher_delivered(struct publisher *p, void *with, bool taken, size_t bytes)
{
	unsigned row_plus_1 = (unsigned)(uintptr_t)with;
	struct publisher_lane *lane = &p->lanes[(uintptr_t)with >> 32];

	if (taken) {
		p->status.records += row_plus_1 != 0;
		p->status.bytes += bytes;
	} else {
		p->status.failed++;
		lane->failed = true;
		if (row_plus_1 != 0)
			mark(p, row_plus_1 - 1);
	}
	lane->on_way--;
	if (lane->on_way == 0)
		end_round(p, lane);
}

unsigned publisher_on_way(const struct publisher *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->cluster->partitions; i++)
		n += p->lanes[i].on_way;
	return n;
}
