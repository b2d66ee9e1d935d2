/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Pieces of a text: they begin where something may begin, and nothing that is looked for is cut.
 */

#include "dataplane/text_cuts.h"
#include "seeded_random.h"
#include "wire/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *const literals[] = {"\xf0\x9f\x94\xa5", "\xf0\x9f\x91\x8f",
	"\xf0\x9f\x91\x8f\xf0\x9f\x8f\xbd", ":joy:", "\xe2\x9d\xa4"};
static const char *const words[] = {"go+al", "yes+", "kk", "#1"};

static void make_cuts(struct text_cuts *c)
{
	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < sizeof(literals) / sizeof(literals[0]); i++)
		text_cuts_add_literal(c, literals[i], strlen(literals[i]));
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct stretched_word word;

		cr_assert(stretched_word_parse(&word, words[i]));
		text_cuts_add_word(c, &word);
	}
}

static bool begins_something(uint8_t byte)
{
	static const char first[] = "\xf0\xe2:gGyYkK#";

	return byte != 0 && strchr(first, byte) != NULL;
}

Test(dataplane_cuts, bytes_that_begin_something_are_found)
{
	struct seeded_random r = seeded_random_new("dataplane_cuts");
	static struct text_cuts cuts;

	make_cuts(&cuts);
	for (size_t len = 0; len <= WIRE_TEXT_MAX; len++) {
		uint64_t wide[TEXT_WORDS], plain[TEXT_WORDS];
		uint8_t *exact = malloc(len + 1);

		for (size_t i = 0; i < len; i++)
			exact[i] = random_below(&r, 3) ? (uint8_t)random_next(&r) : 'g';
		text_cuts_begins(&cuts, exact, len, wide);
		text_cuts_begins_one_by_one(&cuts, exact, len, plain);
		cr_assert_eq(memcmp(wide, plain, (len + 63) / 64 * 8), 0, "%zu bytes", len);
		for (size_t i = 0; i < (len + 63) / 64 * 64; i++)
			cr_assert_eq(wide[i / 64] >> i % 64 & 1,
				i < len && begins_something(exact[i]), "%zu of %zu", i, len);
		free(exact);
	}
}

/* All that is looked for, as it may stand in a text. */
static const char *const found[] = {"\xf0\x9f\x94\xa5", "\xf0\x9f\x91\x8f",
	"\xf0\x9f\x91\x8f\xf0\x9f\x8f\xbd", ":joy:", "\xe2\x9d\xa4", "goal", "GOOOOOAL", "gOoAl",
	"yes", "yEsSs\xc5\xbfs\xc5\xbf", "kK", "\xe2\x84\xaak", "k\xe2\x84\xaa", "#1"};

Test(dataplane_cuts, nothing_that_is_looked_for_is_cut)
{
	struct seeded_random r = seeded_random_new("dataplane_cuts");
	static struct text_cuts cuts;
	unsigned pieces = 0;

	make_cuts(&cuts);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t text[600];
		bool inside[600] = {false}; // no cut before this byte
		size_t len = 0;

		while (len < 400) {
			const char *s =
				random_below(&r, 4) == 0
					? " "
					: found[random_below(&r, sizeof(found) / sizeof(found[0]))];
			for (size_t i = 0; s[i] != '\0'; i++) {
				inside[len] = i > 0;
				text[len++] = (uint8_t)s[i];
			}
		}
		for (size_t at = 0, end; at < len; at = end, pieces++) {
			end = text_cuts_end(&cuts, text, len, at);
			cr_assert(end > at && end <= len);
			cr_assert(end == len || !inside[end], "cut at %zu: %.*s", end, (int)len,
				(char *)text);
			cr_expect_leq(end - at, TEXT_PIECE);
		}
	}
	cr_expect_gt(pieces, 20000 * 400 / TEXT_PIECE);
}

/* One long word is one piece, however long; behind it pieces go on. */
/* Hyperscan must not get half a character. */
Test(dataplane_cuts, every_piece_is_utf8)
{
	static const char *const characters[] = {"a", "g", "\xc3\xa4", "\xe0\xa4\x95",
		"\xe2\x9d\xa4", "\xf0\x9f\x94\xa5", "\xf0\x9f\x91\x8f"};
	struct seeded_random r = seeded_random_new("dataplane_cuts");
	static struct text_cuts cuts;

	make_cuts(&cuts);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t text[WIRE_TEXT_MAX];
		size_t len = 0;

		while (len < WIRE_TEXT_MAX - 4) {
			const char *c = characters[random_below(&r, 7)];

			memcpy(text + len, c, strlen(c));
			len += strlen(c);
		}
		for (size_t from = 0, end; from < len; from = end) {
			end = text_cuts_end(&cuts, text, len, from);
			cr_assert(utf8_valid(text + from, end - from), "%zu to %zu", from, end);
		}
	}
}

Test(dataplane_cuts, what_cannot_be_cut_stays_whole)
{
	static struct text_cuts cuts;
	uint8_t text[200];

	make_cuts(&cuts);
	memset(text, 'o', sizeof(text));
	cr_expect_eq(text_cuts_end(&cuts, text, sizeof(text), 0), sizeof(text));
	text[100] = ' ';
	cr_expect_eq(text_cuts_end(&cuts, text, sizeof(text), 0), 100);
	cr_expect_eq(text_cuts_end(&cuts, text, sizeof(text), 80), 101);
	cr_expect_eq(text_cuts_end(&cuts, text, sizeof(text), 180), sizeof(text));
}
