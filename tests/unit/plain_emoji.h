/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Emoji in text a second time, from docs/protocol.md (section 1.4) alone and for clarity alone: a
 * walk over code points that looks at every listed sequence.
 */
#ifndef TESTS_PLAIN_EMOJI_H
#define TESTS_PLAIN_EMOJI_H

#include <stddef.h>
#include <stdint.h>

#define EMOJI_TEST "/usr/share/unicode/emoji/emoji-test.txt"

enum {
	PLAIN_NOTHING = -1,
	PLAIN_SEQUENCE_MAX = 24,
	PLAIN_LISTED_MAX = 8192,
	PLAIN_MAPPED_MAX = 256,
};

struct plain_sequence {
	uint32_t points[PLAIN_SEQUENCE_MAX];
	unsigned n;
	int reaction; // of a mapped one
};

struct plain_emoji {
	struct plain_sequence listed[PLAIN_LISTED_MAX];
	unsigned n_listed;
	struct plain_sequence mapped[PLAIN_MAPPED_MAX];
	unsigned n_mapped;
	struct plain_sequence shortcodes[PLAIN_MAPPED_MAX];
	unsigned n_shortcodes;
	/* Only for speed: the listed ones by their first code point, as chains. 0: the end. */
	unsigned first[0x20000], next[PLAIN_LISTED_MAX];
};

/* Reads emoji-test.txt; nothing is mapped yet. */
struct plain_emoji *plain_emoji_new(void);

/* UTF-8; a shortcode without its colons. */
void plain_emoji_map(struct plain_emoji *p, const char *emoji, int reaction);
void plain_emoji_map_shortcode(struct plain_emoji *p, const char *name, int reaction);
void plain_emoji_forget(struct plain_emoji *p); // what was mapped

/* What one listed or mapped sequence counts as. */
int plain_emoji_counts_as(const struct plain_emoji *p, const struct plain_sequence *s);

/* Reactions in their order; returns how many. */
unsigned plain_emoji_scan(
	const struct plain_emoji *p, const uint32_t *text, unsigned n, uint8_t *reactions);

/* The sequence as UTF-8, with a closing zero. Returns the length. */
size_t plain_utf8(const uint32_t *points, unsigned n, char *out);

#endif
