/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames with random fields, each within its limits and often at one of them.
 */
#ifndef TESTS_WIRE_RANDOM_FRAME_H
#define TESTS_WIRE_RANDOM_FRAME_H

#include "seeded_random.h"
#include "wire/frame.h"

static inline uint64_t random_or_limit(struct seeded_random *r, uint64_t max)
{
	switch (random_below(r, 8)) {
	case 0:
		return 0;
	case 1:
		return max;
	default:
		return max == UINT64_MAX ? random_next(r) : random_next(r) % (max + 1);
	}
}

static inline struct frame random_frame(struct seeded_random *r)
{
	struct frame f = {
		.flags = (uint8_t)random_below(r, 4),
		.channel = (uint16_t)random_or_limit(r, 0xfffe),
		.window = (uint32_t)random_or_limit(r, UINT32_MAX),
		.ends = random_or_limit(r, 253402300799999), // the year 9999
		.length = (uint32_t)random_or_limit(r, UINT32_MAX),
		.taps = (uint32_t)random_or_limit(r, UINT32_MAX),
		.total = random_or_limit(r, INT64_MAX), // what a JSON parser may take
		.reactors = (uint32_t)random_or_limit(r, UINT32_MAX),
		.score = (int16_t)((int)random_or_limit(r, 20000) - 10000),
		.intensity = (uint16_t)random_or_limit(r, 65535),
		.n = (uint8_t)random_or_limit(r, WIRE_FRAME_ENTRIES_MAX),
	};

	for (unsigned i = 0; i < f.n; i++)
		f.entries[i] = (struct frame_entry){
			.reaction = (uint8_t)random_or_limit(r, 255),
			.share = (uint16_t)random_or_limit(r, 10000),
			.count = (uint32_t)random_or_limit(r, UINT32_MAX),
		};
	return f;
}

#endif
