/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/newest.h"

#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEYS = RECORD_NO_CHANNEL + 1,
	/* A frame that far in the future is of a merger whose clock was ahead: older ones behind it
	 * are the newest. */
	AHEAD_MAX_MS = 60 * 1000,
};

/* What is known of a key: a channel, or the catalogue. */
struct slot {
	uint64_t ends; // of the window that the sink has; 0: none
	bool open;     // for the sink
	bool holds;    // until the end of the partition
	size_t held_len;
	uint8_t *held; // NULL: nothing, or a tombstone
};

struct part {
	bool ended; // once
	unsigned open;
	uint64_t ends; // of the newest window
};

struct newest {
	struct follower_sink sink;
	unsigned partitions;
	unsigned reading; // partitions whose end has not been seen
	bool given;       // to the sink, since the last flush
	uint64_t given_ends;
	uint64_t now_ms; // wall clock, at the last flush; 0: not known
	struct follower_status status;
	struct slot slots[KEYS];
	struct part parts[];
};

struct newest *newest_make(unsigned partitions, const struct follower_sink *sink)
{
	struct newest *n = calloc(1, sizeof(*n) + partitions * sizeof(n->parts[0]));

	if (n == NULL)
		return NULL;
	n->sink = *sink;
	n->partitions = n->reading = partitions;
	return n;
}

void newest_free(struct newest *n)
{
	if (n == NULL)
		return;
	for (unsigned key = 0; key < KEYS; key++)
		free(n->slots[key].held);
	free(n);
}

static void set_open(struct newest *n, uint16_t channel, bool open)
{
	struct slot *slot = &n->slots[channel];
	struct part *part = &n->parts[channel % n->partitions];

	if (slot->open == open)
		return;
	slot->open = open;
	part->open += open ? 1 : -1u;
	n->status.channels += open ? 1 : -1u;
}

/* A channel that the sink does not have stays so: closed ones are state of the mergers alone. */
static void give(struct newest *n, const struct record_frame *record)
{
	if (!record->open && !n->slots[record->channel].open)
		return;
	set_open(n, record->channel, record->open);
	n->sink.frame(n->sink.context, record);
	n->status.frames++;
	n->given = true;
}

static bool is_ahead(const struct newest *n, uint64_t ends)
{
	return n->now_ms != 0 && ends > n->now_ms + AHEAD_MAX_MS;
}

static void take_window(struct newest *n, uint16_t channel, const struct frame *frame)
{
	struct part *part = &n->parts[channel % n->partitions];

	n->slots[channel].ends = frame->ends;
	if (frame->ends > part->ends || is_ahead(n, part->ends))
		part->ends = frame->ends;
	if (frame->ends > n->given_ends)
		n->given_ends = frame->ends;
	if (frame->ends > n->status.ends || is_ahead(n, n->status.ends)) {
		n->status.ends = frame->ends;
		n->status.window = frame->window;
	}
}

/* Partitions are read again from their beginning when brokers have lost what was at their end. */
static bool is_older(struct newest *n, uint16_t channel, const struct frame *frame)
{
	if (frame->ends >= n->slots[channel].ends || is_ahead(n, n->slots[channel].ends))
		return false;
	n->status.older++;
	return true;
}

static void take_frame(struct newest *n, const struct record_frame *record)
{
	struct frame frame;

	if (record->binary_len > 0) {
		/* record_frame_decode() has seen to it that this is one. */
		if (frame_decode(record->binary, record->binary_len, &frame) < 0 ||
			is_older(n, record->channel, &frame))
			return;
		take_window(n, record->channel, &frame);
	}
	give(n, record);
}

static void deliver(struct newest *n, uint16_t channel, const void *value, size_t len)
{
	struct record_frame record = {.channel = channel};
	uint8_t key[RECORD_FRAME_KEY];

	if (channel == RECORD_NO_CHANNEL) {
		if (value != NULL)
			n->sink.catalogue(n->sink.context, value, len);
		return;
	}
	if (value == NULL) {
		give(n, &record);
		return;
	}
	record_frame_key(channel, key);
	if (record_frame_decode(key, sizeof(key), value, len, &record) == 0)
		take_frame(n, &record);
}

/* In the place of what is held of this key. False: no memory. */
static bool hold(struct slot *slot, const void *value, size_t len)
{
	uint8_t *copy = NULL;

	if (value != NULL) {
		copy = malloc(len > 0 ? len : 1);
		if (copy == NULL)
			return false;
		memcpy(copy, value, len);
	}
	free(slot->held);
	slot->held = copy;
	slot->held_len = len;
	slot->holds = true;
	return true;
}

/* A key of its partition, and a value of its key. */
static bool is_sound(const struct newest *n, unsigned partition, const void *key, size_t key_len,
	const void *value, size_t len, uint16_t *channel)
{
	struct record_frame record;

	if (record_frame_key_decode(key, key_len, channel) < 0 ||
		*channel % n->partitions != partition)
		return false;
	if (value == NULL)
		return true;
	if (*channel == RECORD_NO_CHANNEL)
		return record_json_valid(value, len);
	return record_frame_decode(key, key_len, value, len, &record) == 0;
}

void newest_record(struct newest *n, unsigned partition, const void *key, size_t key_len,
	const void *value, size_t len)
{
	uint16_t channel;

	if (partition >= n->partitions ||
		!is_sound(n, partition, key, key_len, value, len, &channel)) {
		n->status.malformed++;
		return;
	}
	/* Without memory an older frame may be seen; that is better than none. */
	if (n->parts[partition].ended || !hold(&n->slots[channel], value, len))
		deliver(n, channel, value, len);
}

void newest_end(struct newest *n, unsigned partition)
{
	if (partition >= n->partitions || n->parts[partition].ended)
		return;
	n->parts[partition].ended = true;
	for (unsigned key = partition; key < KEYS; key += n->partitions) {
		struct slot *slot = &n->slots[key];

		if (slot->holds)
			deliver(n, (uint16_t)key, slot->held, slot->held_len);
		free(slot->held);
		slot->held = NULL;
		slot->holds = false;
	}
	n->status.caught_up = --n->reading == 0;
}

/* Windows that were over long before this node started are no measure of its way. */
static void measure(struct newest *n, uint64_t now_ns)
{
	const uint64_t ends_ns = n->given_ends * 1000000;

	if (n->status.caught_up)
		histogram_add(&n->status.behind_ns, now_ns > ends_ns ? now_ns - ends_ns : 0);
}

void newest_flush(struct newest *n, uint64_t now_ns)
{
	n->now_ms = now_ns / 1000000;
	if (!n->given)
		return;
	n->sink.flush(n->sink.context, n->given_ends);
	if (n->given_ends > 0)
		measure(n, now_ns);
	n->given = false;
	n->given_ends = 0;
}

void newest_read_status(const struct newest *n, struct follower_status *out)
{
	*out = n->status;
	for (unsigned i = 0; i < n->partitions; i++) {
		const struct part *part = &n->parts[i];

		if (part->open > 0 && (out->oldest_ends == 0 || part->ends < out->oldest_ends))
			out->oldest_ends = part->ends;
	}
}
