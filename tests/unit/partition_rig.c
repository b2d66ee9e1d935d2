/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "partition_rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void take_event(void *context, enum partition_event event, const char *node, uint64_t value)
{
	struct rig *rig = context;

	(void)value;
	rig->events[event]++;
	strncpy(rig->node, node, RECORD_NODE_MAX);
}

static void make(struct rig *rig)
{
	const struct partition_watch watch = {take_event, rig};

	cr_assert_eq(partition_make(&rig->p, 0, 1, &rig->rules, &watch), 0);
}

struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	cr_assert_not_null(rig);
	for (unsigned i = 0; i < RIG_CHANNELS; i++)
		rig->open[i] = true;
	rig->rules = (struct partition_rules){
		.window_ms = RIG_WINDOW,
		.deadline_ms = RIG_DEADLINE,
		.missed_windows = RIG_MISSED,
		.retire_ms = RIG_RETIRE,
		.mood = {.weights = rig->weights,
			.half_life_s = 60,
			.surge_begins = 4,
			.surge_ends = 2,
			.surge_taps = 10},
		.labels = rig->labels,
		.open = rig->open,
		.merger = "merge-1",
	};
	make(rig);
	return rig;
}

void rig_free(struct rig *rig)
{
	partition_free(rig->p);
	free(rig);
}

void rig_take_over(struct rig *rig)
{
	partition_free(rig->p);
	make(rig);
	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		const struct rig_frame *f = &rig->topic[i];

		if (f->len > 0)
			partition_frames_record(rig->p, f->key, f->key_len, f->value, f->len);
	}
}

struct record_tally rig_tally(const char *node, uint64_t generation, uint16_t channel,
	uint64_t ends, const uint64_t *counts)
{
	struct record_tally t = {.channel = channel,
		.source = {.generation = generation, .began = 1},
		.window = ends / 1000,
		.ends = ends};

	strncpy(t.source.node, node, RECORD_NODE_MAX);
	memcpy(t.counts, counts, RIG_REACTIONS * sizeof(*counts));
	return t;
}

void rig_send(struct rig *rig, const struct record_tally *t)
{
	uint8_t key[RECORD_KEY_MAX], value[RECORD_TALLY_MAX];
	size_t key_len = record_tally_key(t, key);

	partition_tallies_record(rig->p, key, key_len, value, record_tally_encode(t, value));
}

void rig_delete(struct rig *rig, uint16_t channel, const struct record_source *s)
{
	const struct record_tally t = {.channel = channel, .source = *s};
	uint8_t key[RECORD_KEY_MAX];

	partition_tallies_record(rig->p, key, record_tally_key(&t, key), NULL, 0);
}

void rig_taps(struct rig *rig, const char *node, uint16_t channel, uint64_t ends, uint64_t n)
{
	const uint64_t counts[RIG_REACTIONS] = {n};
	const struct record_tally t = rig_tally(node, 1, channel, ends, counts);

	rig_send(rig, &t);
}

void rig_say(struct rig *rig, const struct record_report *r)
{
	uint8_t key[RECORD_KEY_MAX], value[RECORD_REPORT_MAX];
	size_t key_len = record_report_key(r, key);

	partition_tallies_record(rig->p, key, key_len, value, record_report_encode(r, value));
}

void rig_report(struct rig *rig, const char *node, uint64_t generation, uint64_t ends)
{
	struct record_report r = {.generation = generation,
		.window = ends / 1000,
		.ends = ends,
		.window_ms = RIG_WINDOW};

	strncpy(r.node, node, RECORD_NODE_MAX);
	rig_say(rig, &r);
}

/* As it goes through the topic. */
static void take_frame(void *context, const struct record_frame *f)
{
	struct rig *rig = context;
	struct rig_frame *out = &rig->frames[f->channel];
	uint8_t *value = malloc(record_frame_size(f));

	cr_assert_lt(f->channel, RIG_CHANNELS);
	out->seen++;
	out->key_len = record_frame_key(f->channel, out->key);
	out->len = record_frame_encode(f, value);
	cr_assert_leq(out->len, sizeof(out->value));
	memcpy(out->value, value, out->len);
	free(value);
	cr_assert_eq(
		record_frame_decode(out->key, out->key_len, out->value, out->len, &out->record), 0);
	if (out->record.binary_len > 0)
		cr_assert_eq(
			frame_decode(out->record.binary, out->record.binary_len, &out->frame), 0);
}

static void take_retired(void *context, uint16_t channel, const struct record_source *s)
{
	struct rig *rig = context;

	cr_assert_lt(rig->n_retired, RIG_RETIRED_MAX);
	rig->retired[rig->n_retired++] = (struct rig_retired){channel, *s};
}

void rig_close(struct rig *rig, uint64_t now)
{
	const struct partition_sink sink = {take_frame, take_retired, rig};

	memset(rig->frames, 0, sizeof(rig->frames));
	rig->n_retired = 0;
	partition_close(rig->p, now, &sink);
}

void rig_commit(struct rig *rig)
{
	partition_commit(rig->p);
	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		if (rig->frames[i].seen > 0)
			rig->topic[i] = rig->frames[i];
	}
}

void rig_window(struct rig *rig, uint64_t now)
{
	rig_close(rig, now);
	rig_commit(rig);
}

uint64_t rig_merged(const struct rig *rig, uint16_t channel)
{
	uint64_t n = 0;

	for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++)
		n += rig->topic[channel].record.merged[r];
	return n;
}
