/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which emoji sequences the text matcher must know, and what each counts as.
 *
 * The catalogue maps some emoji. A listed sequence that it does not map counts as its form without
 * skin tone and U+FE0F if that is mapped, and otherwise as nothing, but never as one of its
 * members: a family is not its mother. So the matcher must know, besides what counts, every listed
 * sequence that could take a piece of text away from a mapped one: those that contain or overlap
 * it, those that overlap these, and so on. Knowing all 4,733 would be right too, but slower.
 *
 * Flags are no part of that closure: regional indicators pair from the left whether the pair is
 * listed or not, and the scanner sees to that.
 */
#ifndef DATAPLANE_EMOJI_PLAN_H
#define DATAPLANE_EMOJI_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EMOJI_NOTHING = -1 };

struct emoji_mapping {
	const char *emoji; // UTF-8
	uint8_t reaction;
};

struct emoji_sequence {
	const char *bytes; // not owned: of the listed table or of the mapping
	uint16_t len;
	int16_t reaction; // or EMOJI_NOTHING
};

struct emoji_plan {
	struct emoji_sequence *sequences; // sorted by bytes
	unsigned n;
};

/* 0, or -ENOMEM. The plan points into the mapping. */
int emoji_plan_make(struct emoji_plan *plan, const struct emoji_mapping *mapping, unsigned n);

/* The same for all listed sequences: what the closure must be equal to, for the tests. */
int emoji_plan_make_full(struct emoji_plan *plan, const struct emoji_mapping *mapping, unsigned n);

void emoji_plan_free(struct emoji_plan *plan);

/* Is the four-byte character at text a regional indicator (U+1F1E6 to U+1F1FF)? */
static inline bool is_regional_indicator(const uint8_t *text, size_t len)
{
	return len >= 4 && text[0] == 0xf0 && text[1] == 0x9f && text[2] == 0x87 &&
	       text[3] >= 0xa6 && text[3] <= 0xbf;
}

#endif
