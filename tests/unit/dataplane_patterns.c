/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Shortcodes and patterns beside emoji, and what the matcher says about rules that it cannot take.
 */

#include "dataplane/text_matcher.h"
#include "dataplane/text_scanner.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const struct text_rule rules[] = {
	{TEXT_EMOJI, "🔥", 1},
	{TEXT_SHORTCODE, "fire", 2},
	{TEXT_PATTERN, "go+a+l", 3},
	{TEXT_PATTERN, "🔥+", 4},
	{TEXT_PATTERN, "#ind(vaus)?", 5},
	{TEXT_EMOJI, "👏", 6},
	{TEXT_PATTERN, "é+", 7},
	{TEXT_PATTERN, "#INDvNZ", 8},
	{TEXT_PATTERN, "six(es)?\\b", 9},
};

static void expect_hits(const struct text_rule *list, unsigned n_rules, const char *text,
	const uint8_t *expected, unsigned n)
{
	struct text_matcher *m;
	struct text_scanner *s;
	char error[256];
	unsigned bad;

	cr_assert_eq(text_matcher_new(&m, list, n_rules, NULL, &bad, error, sizeof(error)), 0, "%s",
		error);
	cr_assert_eq(text_scanner_new(&s, m), 0);
	const struct text_hits *hits = text_scan(s, (const uint8_t *)text, strlen(text));
	cr_expect_eq(hits->n, n, "%s: %u hits", text, hits->n);
	cr_expect_eq(memcmp(hits->reactions, expected, n), 0, "%s: first is %u", text,
		hits->reactions[0]);
	text_scanner_free(s);
	text_matcher_free(m);
}

Test(dataplane_patterns, the_longest_at_each_place_counts_once)
{
	static const struct {
		const char *text;
		unsigned n;
		uint8_t reactions[8];
	} rows[] = {
		{"goal", 1, {3}},
		{"gooooaaaal", 1, {3}},
		{"GoAl goal", 2, {3, 3}},
		{"goalgoal", 2, {3, 3}},
		{"gal goa gol", 0, {0}},
		{"🔥", 1, {1}},   // as long as the pattern: the emoji comes first
		{"🔥🔥🔥", 1, {4}}, // the pattern is longer
		{":fire:", 1, {2}},
		{":FIRE:", 0, {0}}, // shortcodes are written in one way
		{":fire::fire:", 2, {2, 2}},
		{"::fire:", 1, {2}},
		{":fire", 0, {0}},
		{"#ind", 1, {5}},
		{"#INDvAUS!", 1, {5}},
		{"#indvaus#ind", 2, {5, 5}},
		{"👏goal👏:fire:", 4, {6, 3, 6, 2}},
		{"ÉéÉ", 1, {7}},
		{"#indvnz #IndVNZ #indv", 3, {8, 8, 5}},
		{"six sixes sixty", 2, {9, 9}},
		{"goal six🔥é", 4, {3, 9, 1, 7}},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_hits(rules, sizeof(rules) / sizeof(rules[0]), rows[i].text,
			rows[i].reactions, rows[i].n);
}

/* What counts must not depend on the order in which the engine reports its matches. */
Test(dataplane_patterns, of_equal_matches_the_first_in_the_catalogue_counts)
{
	static const struct text_rule one[] = {{TEXT_PATTERN, "go+al", 1},
		{TEXT_PATTERN, "g.*l", 2}, {TEXT_PATTERN, "[a-z]{4,}", 3}};
	static const struct text_rule other[] = {{TEXT_PATTERN, "[a-z]{4,}", 3},
		{TEXT_PATTERN, "g.*l", 2}, {TEXT_PATTERN, "go+al", 1}};
	static const struct text_rule shortcode[] = {
		{TEXT_PATTERN, ":goal:", 1}, {TEXT_SHORTCODE, "goal", 2}};

	expect_hits(one, 3, "goal", (uint8_t[]){1}, 1);
	expect_hits(other, 3, "goal", (uint8_t[]){3}, 1);
	expect_hits(shortcode, 2, ":goal:", (uint8_t[]){1}, 1);
}

Test(dataplane_patterns, a_rule_that_cannot_be_taken_is_named)
{
	static const char *const wrong[] = {
		"(", "a**", "[z-a]", "a{3,1}", "\\1(a)", "(?=a)b", "a*", "\xff\xfe", "\\"};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct text_rule list[] = {{TEXT_EMOJI, "🔥", 1}, {TEXT_SHORTCODE, "fire", 1},
			{TEXT_PATTERN, "goal", 2}, {TEXT_PATTERN, wrong[i], 3},
			{TEXT_PATTERN, "save", 4}};
		struct text_matcher *m = NULL;
		char error[256] = "";
		unsigned bad = 99;

		cr_expect_eq(text_matcher_new(&m, list, 5, NULL, &bad, error, sizeof(error)),
			-EINVAL, "%s", wrong[i]);
		cr_expect_eq(bad, 3, "%s: rule %u", wrong[i], bad);
		cr_expect_gt(strlen(error), 0, "%s", wrong[i]);
		cr_expect_eq(m, NULL);
	}
}

Test(dataplane_patterns, a_shortcode_of_any_length_is_taken_or_named)
{
	char name[200];
	unsigned taken = 0;

	for (unsigned len = 1; len < sizeof(name); len++) {
		const struct text_rule list[] = {{TEXT_EMOJI, "🔥", 1}, {TEXT_SHORTCODE, name, 2}};
		struct text_matcher *m;
		char error[256] = "";
		unsigned bad = 99;

		memset(name, 'a', len);
		name[len] = '\0';
		if (text_matcher_new(&m, list, 2, NULL, &bad, error, sizeof(error)) == 0) {
			text_matcher_free(m);
			taken++;
		} else {
			cr_expect_eq(bad, 1);
		}
		if (len == sizeof(name) - 2)
			break;
	}
	cr_expect_eq(taken, 125);
}

/* A catalogue may have names alone, for clients that send ids. */
Test(dataplane_patterns, without_a_rule_nothing_is_found)
{
	expect_hits(rules, 0, "🔥 goal :fire:", (uint8_t[]){0}, 0);
}
