/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The sentiment frame (docs/protocol.md, section 2): the mood of one channel in one window, in its
 * two encodings. A frame is state: the newest replaces all before it.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_MAGIC = 0xfc,
	FRAME_SURGE = 1 << 0,
	FRAME_CLOSED = 1 << 1,

	FRAME_SHARE_ONE = 10000,    // share 1, score 1
	FRAME_INTENSITY_ONE = 1000, // the channel's usual rate
};

struct frame_entry {
	uint8_t reaction;
	uint16_t share; // in 1/10000 of the window's taps
	uint32_t count; // saturating
};

struct frame {
	uint8_t flags; // FRAME_SURGE, FRAME_CLOSED
	uint16_t channel;
	uint32_t window;
	uint64_t ends;   // Unix milliseconds
	uint32_t length; // milliseconds
	uint32_t taps;   // saturating
	uint64_t total;
	uint32_t reactors;  // 0: unknown
	int16_t score;      // -10000 to 10000
	uint16_t intensity; // 1000 = usual; saturating
	uint8_t n;
	struct frame_entry entries[WIRE_FRAME_ENTRIES_MAX]; // most counted first
};

/* Writes at most WIRE_FRAME_MAX bytes to out, which has room for them; returns how many. */
size_t frame_encode(const struct frame *f, uint8_t *out);

/* 0, or -EINVAL if the bytes are not exactly one frame of version 1. */
int frame_decode(const uint8_t *in, size_t len, struct frame *out);

/*
 * The JSON form, one line without a line end. labels[reaction] is the fragment
 * "name":"fire","emoji":"🔥" (already escaped, so that nothing is escaped per frame), or NULL for a
 * reaction that the catalogue does not have. Returns the length without the closing zero, or 0 if
 * cap does not suffice.
 */
size_t frame_encode_json(const struct frame *f, const char *const *labels, char *out, size_t cap);

/* RFC 3339 in UTC with milliseconds; out has room for WIRE_TIME_LEN, which is as much as any values
 * of the fields could take. */
enum { WIRE_TIME_LEN = 80 };
void wire_time(uint64_t unix_ms, char *out);

#endif
