/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The inside of a matcher, for text_matcher.c and text_scanner.c.
 */
#ifndef DATAPLANE_TEXT_MATCHER_DB_H
#define DATAPLANE_TEXT_MATCHER_DB_H

#include "dataplane/emoji_plan.h"
#include "dataplane/stretched_word.h"
#include "dataplane/text_cuts.h"

#include <hs/hs.h>
#include <stdatomic.h>
#include <stdint.h>

/*
 * A match in one number, so that of two at the same place the greater counts: the longest; of equal
 * ones what counts at all; of those the first in the catalogue. From the top: length in bytes (16
 * bits), counts (1), complement of the entry's id (30), may begin with half a flag (1), reaction
 * (16). The order in which Hyperscan reports matches is nobody's promise.
 */
enum { TEXT_MATCH_ID_BITS = 30 };

static inline uint64_t text_match(unsigned id, int16_t reaction, bool maybe_flag)
{
	uint64_t order = ~id & ((1u << TEXT_MATCH_ID_BITS) - 1);

	return (uint64_t)(reaction != EMOJI_NOTHING) << 47 | order << 17 |
	       (uint64_t)maybe_flag << 16 | (uint16_t)reaction;
}

static inline uint64_t text_match_of_length(uint64_t match, size_t len)
{
	return match | (uint64_t)len << 48;
}

static inline size_t text_match_length(uint64_t match)
{
	return match >> 48;
}

static inline bool text_match_counts(uint64_t match)
{
	return (match >> 47 & 1) != 0;
}

static inline bool text_match_maybe_flag(uint64_t match)
{
	return (match >> 16 & 1) != 0;
}

static inline uint8_t text_match_reaction(uint64_t match)
{
	return (uint8_t)match;
}

/* One of: a literal (the match has its length), a stretched word (word), a pattern (neither). */
struct text_entry {
	uint64_t match;
	const struct stretched_word *word;
};

enum text_database {
	TEXT_ENDS,   // literals and stretched words, without starts: scanned in pieces
	TEXT_ALARM,  // the patterns, each reported once, without a start
	TEXT_STARTS, // the patterns with their starts: scanned only after an alarm
	TEXT_DATABASES,
};

struct text_matcher {
	hs_database_t *databases[TEXT_DATABASES]; // NULL: it would be empty
	hs_scratch_t *prototype;                  // for all; cloned by each scanner
	unsigned n;
	struct text_entry *entries; // by Hyperscan's expression id
	struct stretched_word *words;
	struct text_cuts cuts; // for TEXT_ENDS
	int cached;            // see text_matcher_cached()
	atomic_uint others;    // references besides the first
};

#endif
