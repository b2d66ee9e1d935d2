/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The compiled form of what the catalogue finds in text: emoji, shortcodes, regular expressions,
 * in Hyperscan databases. Immutable once made; scanners (one a worker) share it.
 *
 * Literals carry no start-of-match flag: their length is known. Neither do words with stretched
 * letters (stretched_word.h). Regular expressions are Hyperscan's (PCRE without back-references and
 * look-around), read as UTF-8, without regard to case.
 */
#ifndef DATAPLANE_TEXT_MATCHER_H
#define DATAPLANE_TEXT_MATCHER_H

#include "dataplane/emoji_plan.h"

struct text_matcher;

enum text_kind {
	TEXT_EMOJI,
	TEXT_SHORTCODE, // without its colons: joy for :joy:
	TEXT_PATTERN,   // regular expression
};

struct text_rule {
	enum text_kind kind;
	const char *text;
	uint8_t reaction;
};

/*
 * Compiles the rules, or takes what an earlier start has compiled from the file cache (NULL: none).
 * 0, or -errno with a sentence in error; *bad is then the rule that was not understood, or n if it
 * was none of them.
 */
int text_matcher_new(struct text_matcher **out, const struct text_rule *rules, unsigned n,
	const char *cache, unsigned *bad, char *error, size_t cap);

/* 1: it was in the cache; 0: it was compiled, and is there now if there is a cache; or -errno: it
 * was compiled and could not be kept. */
int text_matcher_cached(const struct text_matcher *m);

/* The same from a plan of emoji and nothing else, for the tests. */
int text_matcher_from_plan(
	struct text_matcher **out, const struct emoji_plan *plan, char *error, size_t cap);

/* Another reference to it; each is given back by text_matcher_free(). From any thread. */
struct text_matcher *text_matcher_ref(struct text_matcher *m);

void text_matcher_free(struct text_matcher *m);

/* How many sequences and expressions the database holds. */
unsigned text_matcher_size(const struct text_matcher *m);

#endif
