/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/record_node.h"
#include "wire/frame.h"
#include "wire/utf8.h"

#include <errno.h>
#include <math.h>

enum { FRAME_OPEN = 1 << 0, FRAME_IN_SURGE = 1 << 1 };
enum {
	HEAD = 1 + 1 + 8 + 8 + 8 + 4,
	COUNT = 1 + 8 + 8,
	SOURCE = 8 + 4 + 1 + RECORD_NODE_MAX,
	NAMED = 1 + RECORD_NODE_MAX,
	LENGTHS = 2 + 1 + 2 + 4, // of counts, sources, and the two forms
};

bool record_json_valid(const char *json, size_t len)
{
	if (len < 2 || len > RECORD_JSON_MAX || json[0] != '{' || json[len - 1] != '}')
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)json[i] < ' ')
			return false; // it goes to subscribers as one line
	}
	return utf8_valid((const uint8_t *)json, len);
}

size_t record_frame_size(const struct record_frame *f)
{
	return HEAD + NAMED + LENGTHS + COUNT * WIRE_REACTIONS_MAX +
	       (size_t)SOURCE * RECORD_RETIRED_MAX + f->binary_len + f->json_len;
}

static void write_rate(uint8_t **at, double rate)
{
	uint64_t bits;

	memcpy(&bits, &rate, sizeof(bits));
	record_write_64(at, bits);
}

/* Taps a second: whatever mood goes on from it stays a number. */
static double read_rate(struct record_reader *r)
{
	uint64_t bits = record_read_64(r);
	double rate;

	memcpy(&rate, &bits, sizeof(rate));
	r->failed = r->failed || !isfinite(rate) || rate < 0;
	return rate;
}

static void write_counts(uint8_t **at, const struct record_frame *f)
{
	uint8_t *head = *at;
	uint16_t n = 0;

	*at += 2;
	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++) {
		if (f->merged[i] == 0)
			continue;
		record_write_8(at, (uint8_t)i);
		record_write_64(at, f->merged[i]);
		record_write_64(at, f->retired[i]);
		n++;
	}
	store_be16(head, n);
}

static void read_counts(struct record_reader *r, struct record_frame *f)
{
	unsigned n = record_read_16(r), next = 0;

	memset(f->merged, 0, sizeof(f->merged));
	memset(f->retired, 0, sizeof(f->retired));
	for (unsigned i = 0; i < n && !r->failed; i++) {
		unsigned id = record_read_8(r);

		f->merged[id] = record_read_64(r);
		f->retired[id] = record_read_64(r);
		r->failed = r->failed || id < next || f->merged[id] == 0 ||
			    f->retired[id] > f->merged[id];
		next = id + 1;
	}
}

static void write_sources(uint8_t **at, const struct record_frame *f)
{
	record_write_8(at, (uint8_t)f->n_sources);
	for (unsigned i = 0; i < f->n_sources; i++) {
		record_write_64(at, f->sources[i].generation);
		record_write_32(at, f->sources[i].began);
		record_write_named(at, f->sources[i].node);
	}
}

static void read_sources(struct record_reader *r, struct record_frame *f)
{
	f->n_sources = record_read_8(r);
	if (f->n_sources > RECORD_RETIRED_MAX) {
		r->failed = true;
		return;
	}
	for (unsigned i = 0; i < f->n_sources && !r->failed; i++) {
		f->sources[i].generation = record_read_64(r);
		f->sources[i].began = record_read_32(r);
		record_read_named(r, f->sources[i].node);
		r->failed = r->failed || f->sources[i].generation == 0;
	}
}

size_t record_frame_encode(const struct record_frame *f, uint8_t *out)
{
	uint8_t *at = out;

	record_write_8(&at, RECORD_VERSION);
	record_write_8(
		&at, (uint8_t)((f->open ? FRAME_OPEN : 0) | (f->mood.surge ? FRAME_IN_SURGE : 0)));
	record_write_64(&at, f->made);
	write_rate(&at, f->mood.usual);
	write_rate(&at, f->mood.recent);
	record_write_32(&at, f->mood.windows);
	record_write_named(&at, f->merger);
	write_counts(&at, f);
	write_sources(&at, f);
	record_write_16(&at, (uint16_t)f->binary_len);
	record_write(&at, f->binary, f->binary_len);
	record_write_32(&at, (uint32_t)f->json_len);
	record_write(&at, f->json, f->json_len);
	return (size_t)(at - out);
}

/* Subscribers get these bytes as they are. */
static bool forms_are_sound(const struct record_frame *f)
{
	struct frame binary;

	if (f->binary_len == 0)
		return f->json_len == 0 && !f->open;
	return frame_decode(f->binary, f->binary_len, &binary) == 0 &&
	       binary.channel == f->channel && record_json_valid(f->json, f->json_len);
}

static void read_state(struct record_reader *r, struct record_frame *f)
{
	f->made = record_read_64(r);
	f->mood.usual = read_rate(r);
	f->mood.recent = read_rate(r);
	f->mood.windows = record_read_32(r);
	record_read_named(r, f->merger);
	read_counts(r, f);
	read_sources(r, f);
}

int record_frame_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_frame *out)
{
	struct record_reader r = record_reader(value, len);
	uint8_t version = record_read_8(&r), flags = record_read_8(&r);

	if (record_frame_key_decode(key, key_len, &out->channel) != 0 ||
		out->channel == RECORD_NO_CHANNEL)
		return -EINVAL;
	if (version != RECORD_VERSION || (flags & ~(FRAME_OPEN | FRAME_IN_SURGE)) != 0)
		return -EINVAL;
	out->open = (flags & FRAME_OPEN) != 0;
	out->mood.surge = (flags & FRAME_IN_SURGE) != 0;
	read_state(&r, out);
	out->binary_len = record_read_16(&r);
	out->binary = record_read(&r, out->binary_len);
	out->json_len = record_read_32(&r);
	out->json = (const char *)record_read(&r, out->json_len);
	return record_read_whole(&r) && forms_are_sound(out) ? 0 : -EINVAL;
}
