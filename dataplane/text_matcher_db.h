/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The inside of a matcher, for text_matcher.c and text_scanner.c.
 */
#ifndef DATAPLANE_TEXT_MATCHER_DB_H
#define DATAPLANE_TEXT_MATCHER_DB_H

#include <hs/hs.h>
#include <stdint.h>

struct text_entry {
	uint16_t len;     // of a literal, in bytes; 0: an expression, which reports its start
	int16_t reaction; // or EMOJI_NOTHING
};

struct text_matcher {
	hs_database_t *database; // NULL: there is nothing to find
	hs_scratch_t *prototype; // cloned by each scanner
	unsigned n;
	struct text_entry *entries; // by Hyperscan's expression id
};

#endif
