/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What lies in the two topics, byte by byte: the public contract between nodes. Encoders and
 * decoders; nothing here knows Kafka or the arena. Integers are unsigned and big-endian.
 *
 * Topic of tallies, partition = channel modulo their number, two kinds of keys:
 *
 *   tally   what a node has counted in a channel, and in all channels below it, since its arena was
 *           made: cumulative, so the newest replaces older ones, and a record that comes twice,
 *           late or never changes no total. With the registers (who reacted) of one window.
 *   report  "I have published all that I have up to the window that ended then", one in each
 *           partition and window, behind the tallies of that window: a merger need not wait for
 *           tallies of channels where nobody tapped.
 *
 * Topic of frames, the same partitions, key = channel: the newest frame as subscribers get it, and
 * beside it what its successor is made from. The key 0xffff, which is no channel, has the catalogue
 * that clients ask for (its partition by the same rule).
 *
 * A record without a value (tombstone) takes its key away.
 */
#ifndef CONTROL_CLUSTER_RECORD_H
#define CONTROL_CLUSTER_RECORD_H

#include "control/hyperloglog.h"
#include "control/mood.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_VERSION = 1,
	RECORD_NODE_MAX = 63,       // bytes of a node's name, without the closing zero
	RECORD_NO_CHANNEL = 0xffff, // key of reports, and of the catalogue
	RECORD_KEY_MAX = 1 + 1 + 2 + 8 + 4 + RECORD_NODE_MAX,
	RECORD_RETIRED_MAX = 64, // of a channel; older ones are forgotten
	RECORD_JSON_MAX = 1 << 20,
};

/* Letters, digits and . _ -, 1 to RECORD_NODE_MAX of them: so a name may stand in a log as it is.
 */
bool record_node_valid(const char *name, size_t len);

/* One line of UTF-8 in braces, at most RECORD_JSON_MAX bytes: the value of the catalogue, as it
 * lies in the topic, and the text form of a frame. */
bool record_json_valid(const char *json, size_t len);

/* Whose counters: a node, its arena, and the row of the channel in it. A row that was given up and
 * taken again later begins at 0, in another window (store_row_began()). */
struct record_source {
	char node[RECORD_NODE_MAX + 1];
	uint64_t generation; // arena_generation(); never 0
	uint32_t began;      // store_row_began()
};

/* Key: version (1), kind (1: 1 tally, 2 report), channel (2), generation (8), began (4), node (the
 * rest). A report has channel RECORD_NO_CHANNEL and generation and began 0: the newest replaces
 * those of earlier arenas. */
struct record_tally {
	uint16_t channel;
	struct record_source source;
	uint64_t window; // the node's own number
	uint64_t ends;   // of the window up to which it counts, Unix milliseconds
	uint64_t counts[WIRE_REACTIONS_MAX]; // cumulative, by reaction id
	bool has_people; // registers of that window follow; false: nobody is known
	struct hyperloglog people;
};

struct record_report {
	char node[RECORD_NODE_MAX + 1];
	uint64_t generation; // arena that it counts in now
	uint64_t window;     // its own number
	uint64_t ends;       // Unix milliseconds
	uint32_t window_ms;  // as configured
	bool leaves;         // it stops in order: nobody is to wait for it
};

enum record_kind { RECORD_TALLY = 1, RECORD_REPORT = 2 };

/*
 * Keys and values. The value of a tally:
 *
 *   version (1), form of the registers (1: 0 none, 1 those that are not 0, 2 all), window (8),
 *   ends (8), n (2), n counts that are not 0 in the order of their ids: reaction (1), count (8);
 *   form 1: n (2), n registers in their order: place * 64 + rank (2); form 2: all ranks (1 each).
 *   The shorter form is the only one.
 *
 * And of a report: version (1), flags (1: bit 0 leaves), generation (8), window (8), ends (8),
 * window_ms (4).
 *
 * out has room (RECORD_KEY_MAX, RECORD_TALLY_MAX, RECORD_REPORT_MAX); returns the
 * length. Zero counts and empty registers take no room in a tally. */
enum {
	RECORD_TALLY_MAX = 32 + WIRE_REACTIONS_MAX * 9 + 8 + REACTORS_REGISTERS * 2,
	RECORD_REPORT_MAX = 64
};
size_t record_tally_key(const struct record_tally *t, uint8_t *out);
size_t record_tally_encode(const struct record_tally *t, uint8_t *out);
size_t record_report_key(const struct record_report *r, uint8_t *out);
size_t record_report_encode(const struct record_report *r, uint8_t *out);

/* Which kind, by its key; -EINVAL: neither. */
int record_kind_of(const void *key, size_t len);

/* 0, or -EINVAL if these bytes are not exactly such a record of this version. A tombstone: the key
 * alone is decoded (record_tally_key_decode()). */
int record_tally_key_decode(
	const void *key, size_t len, uint16_t *channel, struct record_source *source);
int record_tally_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_tally *out);
int record_report_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_report *out);

/*
 * The frame of a channel and the state behind it. binary and json point into the caller's memory
 * (encode), or into the bytes that were decoded. The value:
 *
 *   version (1), flags (1: bit 0 open, bit 1 surge), made (8), usual (8, IEEE 754), recent (8, the
 *   same), windows (4), merger (its length in 1, its name), n (2), n times in the order of their
 *   ids: reaction (1), merged (8), retired (8); n (1), n sources: generation (8), began (4), node
 *   (its length in 1, its name); binary (its length in 2), JSON (its length in 4).
 */
struct record_frame {
	uint16_t channel;
	bool open;             // false: subscribers do not have it (any more); it is state alone
	const uint8_t *binary; // wire/frame.h; length 0 only if it is not open
	size_t binary_len;
	const char *json; // record_json_valid(); length 0 if there is no binary form
	size_t json_len;
	/* What its successor goes on from. */
	struct mood_memory mood;
	uint64_t merged[WIRE_REACTIONS_MAX];  // of all nodes and generations: the sum
	uint64_t retired[WIRE_REACTIONS_MAX]; // at most merged: sources whose tallies are deleted
	/* These sources, the newest last: one that speaks again is not counted twice. */
	struct record_source sources[RECORD_RETIRED_MAX];
	unsigned n_sources;
	char merger[RECORD_NODE_MAX + 1]; // who made it
	uint64_t made;                    // when, Unix nanoseconds: latency is measured with it
};

/* Key: channel (2). */
enum { RECORD_FRAME_KEY = 2 };
size_t record_frame_key(uint16_t channel, uint8_t out[RECORD_FRAME_KEY]);
int record_frame_key_decode(const void *key, size_t len, uint16_t *channel);

/* An upper bound of the encoding, for the caller's buffer; and the encoding's length. */
size_t record_frame_size(const struct record_frame *f);
size_t record_frame_encode(const struct record_frame *f, uint8_t *out);
/* 0, or -EINVAL; also if the binary form is no frame of this channel. */
int record_frame_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_frame *out);

#endif
