/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Random texts that are hard to scan for emoji: listed sequences and pieces of them, above all of
 * those that the catalogue maps or that contain such, flag letters, joiners, skin tones, keycaps,
 * shortcodes.
 */
#ifndef TESTS_EMOJI_TEXTS_H
#define TESTS_EMOJI_TEXTS_H

#include "plain_emoji.h"
#include "seeded_random.h"

enum { EMOJI_TEXT_POINTS = 96, EMOJI_TEXT_BYTES = 4 * EMOJI_TEXT_POINTS + 1 };

struct emoji_text {
	uint32_t points[EMOJI_TEXT_POINTS];
	unsigned n;
	char bytes[EMOJI_TEXT_BYTES];
	size_t len;
};

struct emoji_texts {
	const struct plain_emoji *plain;
	struct seeded_random *random;
	unsigned related[PLAIN_LISTED_MAX]; // listed ones with a code point of a mapped one
	unsigned n_related;
};

void emoji_texts_init(
	struct emoji_texts *t, const struct plain_emoji *plain, struct seeded_random *random);

void emoji_texts_next(struct emoji_texts *t, struct emoji_text *out);

#endif
