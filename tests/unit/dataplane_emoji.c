/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The scanner with the default catalogue, against all listed sequences and hard texts.
 */

#include "control/catalogue.h"
#include "dataplane/text_scanner.h"
#include "emoji_texts.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 4733, TEXTS = 150000 };

struct rig {
	struct config config;
	struct catalogue catalogue;
	struct text_scanner *scanner;
	struct plain_emoji *plain;
};

static void set_up(struct rig *rig)
{
	char error[512];

	cr_assert_eq(config_load(&rig->config, NULL, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(catalogue_make(&rig->catalogue, &rig->config, error, sizeof(error)), 0, "%s",
		error);
	cr_assert_eq(text_scanner_new(&rig->scanner, rig->catalogue.matcher), 0);
	rig->plain = plain_emoji_new();
	for (unsigned i = 0; i < rig->config.n_catalogue; i++) {
		const struct config_reaction *r = &rig->config.catalogue[i];

		for (unsigned j = 0; j < r->n_emoji; j++)
			plain_emoji_map(rig->plain, r->emoji[j], (int)r->id);
		for (unsigned j = 0; j < r->n_shortcodes; j++)
			plain_emoji_map_shortcode(rig->plain, r->shortcodes[j], (int)r->id);
	}
}

static void tear_down(struct rig *rig)
{
	text_scanner_free(rig->scanner);
	catalogue_free(&rig->catalogue);
	config_free(&rig->config);
	free(rig->plain);
}

static const struct text_hits *scan(const struct rig *rig, const char *text)
{
	return text_scan(rig->scanner, (const uint8_t *)text, strlen(text));
}

Test(dataplane_emoji, every_listed_sequence_counts_as_the_protocol_says)
{
	struct rig rig;
	unsigned counted = 0;

	set_up(&rig);
	cr_assert_eq(rig.plain->n_listed - 1, LISTED, "%s has other sequences: %u", EMOJI_TEST,
		rig.plain->n_listed - 1);
	for (unsigned i = 1; i < rig.plain->n_listed; i++) {
		const struct plain_sequence *s = &rig.plain->listed[i];
		int expected = plain_emoji_counts_as(rig.plain, s);
		char text[4 * PLAIN_SEQUENCE_MAX + 1];

		plain_utf8(s->points, s->n, text);
		const struct text_hits *hits = scan(&rig, text);
		cr_expect_eq(
			hits->n, expected == PLAIN_NOTHING ? 0 : 1, "%s: %u hits", text, hits->n);
		cr_expect(hits->n == 0 || hits->reactions[0] == expected, "%s", text);
		counted += hits->n;
	}
	cr_expect_gt(counted, 60, "skin tones of the default catalogue alone are more");
	tear_down(&rig);
}

Test(dataplane_emoji, what_people_send_counts_as_they_mean_it)
{
	static const struct {
		const char *text;
		unsigned n;
		uint8_t reactions[4];
	} rows[] = {
		{"🔥🔥👏", 3, {7, 7, 3}},
		{"❤️", 1, {1}},
		{"❤", 1, {1}},
		{"❤️❤", 2, {1, 1}},
		{"👏🏽👏", 2, {3, 3}},
		{"❤️‍🔥", 0, {0}},      // heart on fire: neither
		{"👨‍👩‍👧", 0, {0}}, // a family is not its members
		{"🧑🏽‍🚀", 0, {0}},    // listed and not mapped
		{"🤦🏽", 1, {17}},
		{":joy:", 1, {0}},
		{":joy::fire:", 2, {0, 7}},
		{":joy", 0, {0}},
		{"goal", 1, {6}},
		{"GOOOOAAAALLLL!", 1, {6}},
		{":goal:", 1, {6}},
		{"⚽", 1, {6}},
		{"1", 0, {0}},
		{"hello", 0, {0}},
		{"🔥️", 1, {7}}, // U+FE0F that nothing lists
		{"👍🏿👎🏻", 2, {4, 5}},
		{"🏽", 0, {0}},
		{"🔥🏽", 1, {7}},
	};
	struct rig rig;

	set_up(&rig);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct text_hits *hits = scan(&rig, rows[i].text);

		cr_expect_eq(hits->n, rows[i].n, "%s: %u", rows[i].text, hits->n);
		cr_expect_eq(memcmp(hits->reactions, rows[i].reactions, rows[i].n), 0, "%s",
			rows[i].text);
	}
	tear_down(&rig);
}

Test(dataplane_emoji, random_texts_agree_with_a_plain_walk)
{
	struct seeded_random random = seeded_random_new("dataplane_emoji");
	struct emoji_texts texts;
	struct emoji_text text;
	unsigned long taps = 0;
	struct rig rig;

	set_up(&rig);
	emoji_texts_init(&texts, rig.plain, &random);
	for (unsigned i = 0; i < TEXTS; i++) {
		uint8_t expected[EMOJI_TEXT_POINTS];

		emoji_texts_next(&texts, &text);
		unsigned n = plain_emoji_scan(rig.plain, text.points, text.n, expected);
		const struct text_hits *hits = scan(&rig, text.bytes);
		cr_assert_eq(hits->n, n, "%u, plainly %u: %s", hits->n, n, text.bytes);
		cr_assert_eq(memcmp(hits->reactions, expected, n), 0, "%s", text.bytes);
		taps += n;
	}
	cr_expect_gt(taps, TEXTS, "%lu taps in %d texts", taps, TEXTS);
	tear_down(&rig);
}

Test(dataplane_emoji, the_longest_text_is_scanned_to_its_end)
{
	char text[WIRE_TEXT_MAX];
	struct rig rig;

	set_up(&rig);
	for (unsigned i = 0; i < WIRE_TEXT_MAX; i += 4)
		memcpy(text + i, "🔥", 4);
	cr_expect_eq(text_scan(rig.scanner, (const uint8_t *)text, sizeof(text))->n, 128);
	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 4, "🔥", 4);
	cr_expect_eq(text_scan(rig.scanner, (const uint8_t *)text, sizeof(text))->n, 1);
	cr_expect_eq(text_scan(rig.scanner, (const uint8_t *)text, sizeof(text) - 1)->n, 0);
	tear_down(&rig);
}
