/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The closure: a matcher that knows only what could matter finds the same as one that knows all
 * 4,733 listed sequences, and both find what a plain walk finds.
 */

#include "dataplane/emoji_plan.h"
#include "dataplane/text_matcher.h"
#include "dataplane/text_scanner.h"
#include "emoji_texts.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 30000, MAPPED_MAX = 8 };

struct catalogue_case {
	char what[48];
	char emoji[MAPPED_MAX][40];
};

static struct catalogue_case cases[] = {
	{"plain ones", {"🔥", "👏", "😂"}},
	{"a skin tone", {"👍🏽"}},
	{"all but the default skin tone", {"👍", "👍🏽", "👍🏿"}},
	{"members of a family", {"👩", "👧"}},
	{"a family and a member", {"👨‍👩‍👧", "👨"}},
	{"a flag", {"🇩🇪", "🇪🇩"}},
	{"the flag that others begin with", {"🏴", "🏳️‍🌈"}},
	{"a keycap", {"1️⃣", "#⃣"}},
	{"a heart with U+FE0F", {"❤️"}},
	{"a heart without", {"❤"}},
	{"both hearts, apart", {"❤️", "❤"}},
	{"heart on fire and its parts", {"❤️‍🔥", "🔥", "❤"}},
	{"a skin tone alone", {"🏽", "👋"}},
	{"gender signs", {"♀️", "♂", "🤦"}},
	{"what is not listed", {"★", "🔥🔥", "é"}},
	{"nothing", {""}},
};

static unsigned take_mapping(
	const struct catalogue_case *c, struct emoji_mapping *mapping, struct plain_emoji *plain)
{
	unsigned n = 0;

	for (; n < MAPPED_MAX && c->emoji[n][0] != '\0'; n++) {
		mapping[n] = (struct emoji_mapping){c->emoji[n], (uint8_t)(10 + n)};
		plain_emoji_map(plain, c->emoji[n], (int)(10 + n));
	}
	return n;
}

struct scanning {
	struct emoji_plan plan;
	struct text_matcher *matcher;
	struct text_scanner *scanner;
};

static void begin_scanning(struct scanning *s)
{
	char error[256];

	cr_assert_eq(text_matcher_from_plan(&s->matcher, &s->plan, error, sizeof(error)), 0, "%s",
		error);
	cr_assert_eq(text_scanner_new(&s->scanner, s->matcher), 0);
}

static void end_scanning(struct scanning *s)
{
	text_scanner_free(s->scanner);
	text_matcher_free(s->matcher);
	emoji_plan_free(&s->plan);
}

static void expect(const struct scanning *s, const struct emoji_text *text, const uint8_t *expected,
	unsigned n, const char *which)
{
	const struct text_hits *hits =
		text_scan(s->scanner, (const uint8_t *)text->bytes, text->len);

	cr_assert_eq(hits->n, n, "%s: %u, plainly %u: %s", which, hits->n, n, text->bytes);
	cr_assert_eq(memcmp(hits->reactions, expected, n), 0, "%s: %s", which, text->bytes);
}

ParameterizedTestParameters(dataplane_emoji_plan, the_closure_finds_what_all_sequences_find)
{
	return cr_make_param_array(
		struct catalogue_case, cases, sizeof(cases) / sizeof(cases[0]), NULL);
}

ParameterizedTest(
	struct catalogue_case *c, dataplane_emoji_plan, the_closure_finds_what_all_sequences_find)
{
	struct seeded_random random = seeded_random_new(c->what);
	struct plain_emoji *plain = plain_emoji_new();
	struct emoji_mapping mapping[MAPPED_MAX];
	unsigned n = take_mapping(c, mapping, plain);
	static struct emoji_texts texts;
	struct scanning few, all;
	struct emoji_text text;

	cr_assert_eq(emoji_plan_make(&few.plan, mapping, n), 0);
	cr_assert_eq(emoji_plan_make_full(&all.plan, mapping, n), 0);
	cr_expect_lt(few.plan.n, all.plan.n / 2, "%s: %u sequences", c->what, few.plan.n);
	begin_scanning(&few);
	begin_scanning(&all);
	emoji_texts_init(&texts, plain, &random);
	for (unsigned i = 0; i < TEXTS; i++) {
		uint8_t expected[EMOJI_TEXT_POINTS];

		emoji_texts_next(&texts, &text);
		unsigned hits = plain_emoji_scan(plain, text.points, text.n, expected);
		expect(&few, &text, expected, hits, "closure");
		expect(&all, &text, expected, hits, "all");
	}
	end_scanning(&few);
	end_scanning(&all);
	free(plain);
}

Test(dataplane_emoji_plan, the_plan_is_sorted_and_has_no_sequence_twice)
{
	const struct emoji_mapping mapping[] = {{"👍", 1}, {"👍🏽", 2}, {"★", 3}, {"🇩🇪", 4}};
	struct emoji_plan plan;

	cr_assert_eq(emoji_plan_make(&plan, mapping, 4), 0);
	cr_assert_gt(plan.n, 5, "%u", plan.n);
	for (unsigned i = 1; i < plan.n; i++) {
		const struct emoji_sequence *a = &plan.sequences[i - 1], *b = &plan.sequences[i];
		size_t common = a->len < b->len ? a->len : b->len;
		int order = memcmp(a->bytes, b->bytes, common);

		cr_expect(order < 0 || (order == 0 && a->len < b->len), "%.*s, %.*s", a->len,
			a->bytes, b->len, b->bytes);
	}
	emoji_plan_free(&plan);
}
