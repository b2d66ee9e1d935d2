/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Stretched words, whose start follows from their end, against the same expression in parentheses,
 * whose start Hyperscan finds.
 */

#include "dataplane/stretched_word.h"
#include "dataplane/text_matcher.h"
#include "dataplane/text_scanner.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(dataplane_stretched, a_word_is_told_from_other_patterns)
{
	static const char *const words[] = {
		"goal", "go+a+l+", "#INDvAUS", "a+a", "aaa", ":joy:", "GO+al", "yes+", "w-o_w@"};
	static const char *const others[] = {"", "+", "go*al", "go?al", "go{2}al", "(goal)", "g.al",
		"[g]oal", "goal|save", "^goal", "goal$", "go\\al", "goa++l", "go+?al", "g\xc3\xb6l",
		"go al", "goal\n"};
	struct stretched_word word;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		cr_expect(stretched_word_parse(&word, words[i]), "%s", words[i]);
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_not(stretched_word_parse(&word, others[i]), "%s", others[i]);
}

Test(dataplane_stretched, a_word_of_too_many_runs_is_an_ordinary_pattern)
{
	char pattern[2 * STRETCHED_RUNS_MAX + 4] = "", repeated[300];
	struct stretched_word word;

	for (unsigned i = 0; i < STRETCHED_RUNS_MAX; i++)
		strcat(pattern, i % 2 ? "a" : "b");
	cr_expect(stretched_word_parse(&word, pattern));
	strcat(pattern, "b");
	cr_expect_not(stretched_word_parse(&word, pattern));
	memset(repeated, 'a', sizeof(repeated));
	repeated[254] = '\0';
	cr_expect(stretched_word_parse(&word, repeated));
	repeated[254] = 'a';
	repeated[255] = '\0';
	cr_expect_not(stretched_word_parse(&word, repeated));
}

struct scanning {
	struct text_matcher *matcher;
	struct text_scanner *scanner;
};

/* Four expressions, each in parentheses or not. */
static void begin_scanning(struct scanning *s, const char words[][16], bool parentheses)
{
	struct text_rule rules[4];
	char text[4][24], error[256];
	unsigned bad;

	for (unsigned i = 0; i < 4; i++) {
		snprintf(text[i], sizeof(text[i]), "%s%s%s", parentheses ? "(?:" : "", words[i],
			parentheses ? ")" : "");
		rules[i] = (struct text_rule){TEXT_PATTERN, text[i], (uint8_t)(i + 1)};
	}
	cr_assert_eq(text_matcher_new(&s->matcher, rules, 4, NULL, &bad, error, sizeof(error)), 0,
		"%s", error);
	cr_assert_eq(text_scanner_new(&s->scanner, s->matcher), 0);
}

static void end_scanning(struct scanning *s)
{
	text_scanner_free(s->scanner);
	text_matcher_free(s->matcher);
}

/* Few letters, so that words hit, overlap and share what is stretched. */
static void random_word(struct seeded_random *r, char *out)
{
	unsigned n = 1 + random_below(r, 5);

	for (; n > 0; n--) {
		*out++ = "aosSkK#"[random_below(r, 7)];
		if (random_below(r, 2) == 0)
			*out++ = '+';
	}
	*out = '\0';
}

static size_t random_text(struct seeded_random *r, char *out)
{
	static const char *const pieces[] = {"a", "A", "o", "o", "s", "S", "k", "K", "#", "\u017f",
		"\u212a", "\u00e9", "\u0131", " "};
	char *at = out;

	for (unsigned n = 1 + random_below(r, random_below(r, 2) ? 12 : 120); n > 0; n--)
		at = stpcpy(at, pieces[random_below(r, sizeof(pieces) / sizeof(pieces[0]))]);
	return (size_t)(at - out);
}

Test(dataplane_stretched, words_are_found_where_hyperscan_finds_them)
{
	struct seeded_random r = seeded_random_new("dataplane_stretched");
	unsigned long hits = 0;

	for (unsigned round = 0; round < 60; round++) {
		char words[4][16], text[WIRE_TEXT_MAX];
		struct scanning derived, found;

		for (unsigned i = 0; i < 4; i++)
			random_word(&r, words[i]);
		begin_scanning(&derived, words, false);
		begin_scanning(&found, words, true);
		for (unsigned i = 0; i < 2000; i++) {
			size_t len = random_text(&r, text);
			const struct text_hits *a =
				text_scan(derived.scanner, (const uint8_t *)text, len);
			const struct text_hits *b =
				text_scan(found.scanner, (const uint8_t *)text, len);

			cr_assert_eq(a->n, b->n, "%u, by Hyperscan %u: %s in %s %s %s %s", a->n,
				b->n, text, words[0], words[1], words[2], words[3]);
			cr_assert_eq(memcmp(a->reactions, b->reactions, a->n), 0,
				"%s in %s %s %s %s", text, words[0], words[1], words[2], words[3]);
			hits += a->n;
		}
		end_scanning(&derived);
		end_scanning(&found);
	}
	cr_expect_gt(hits, 60 * 2000, "%lu hits", hits);
}

Test(dataplane_stretched, the_end_is_that_of_the_last_run)
{
	static const struct {
		const char *pattern, *text;
		size_t from, end;
	} rows[] = {
		{"go+al", "goalll", 4, 4},
		{"goal+", "goalLlx", 4, 6},
		{"goal+", "goal", 4, 4},
		{"ll+", "llll", 2, 4},
		{"yes+", "yes\u017fSs", 3, 7},
		{"yes+", "yes\xc5", 3, 3},
		{"k+", "k\u212ak", 1, 5},
		{"s+", "s\u212a", 1, 1},
		{"@+", "@`", 1, 1},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stretched_word word;

		cr_assert(stretched_word_parse(&word, rows[i].pattern));
		cr_expect_eq(stretched_word_end(&word, (const uint8_t *)rows[i].text,
				     strlen(rows[i].text), rows[i].from),
			rows[i].end, "%s in %s", rows[i].pattern, rows[i].text);
	}
}

Test(dataplane_stretched, the_start_is_the_leftmost_one)
{
	static const struct {
		const char *pattern, *text;
		size_t start;
	} rows[] = {
		{"go+al", "xxgoooal", 2}, {"o+h", "oooh", 0}, {"goal", "ggoal", 1},
		{"a+", "baaa", 1}, {"aa", "aaaa", 2}, {"aa+", "aaaa", 0}, {"yes+", "yes\u017fS", 0},
		{"k+o", "k\u212ako", 0}, {"#ind", "##ind", 1},
		{"@a", "`@A", 1}, // ` is @ with the bit that makes letters small
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stretched_word word;

		cr_assert(stretched_word_parse(&word, rows[i].pattern));
		cr_expect_eq(stretched_word_start(
				     &word, (const uint8_t *)rows[i].text, strlen(rows[i].text)),
			rows[i].start, "%s in %s", rows[i].pattern, rows[i].text);
	}
}
