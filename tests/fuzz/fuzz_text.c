/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Text, against a plain walk over all listed emoji. The walk knows no patterns: text that may hold
 * the default catalogue's one (go+a+l+) is only scanned.
 */

#include "fuzz_target.h"
#include "tests/unit/plain_emoji.h"
#include "wire/utf8.h"

#include <string.h>

static struct plain_emoji *plain_of(const struct config *config)
{
	static struct plain_emoji *plain;

	if (plain != NULL)
		return plain;
	plain = plain_emoji_new();
	for (unsigned i = 0; i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		for (unsigned j = 0; j < r->n_emoji; j++)
			plain_emoji_map(plain, r->emoji[j], (int)r->id);
		for (unsigned j = 0; j < r->n_shortcodes; j++)
			plain_emoji_map_shortcode(plain, r->shortcodes[j], (int)r->id);
	}
	return plain;
}

static bool may_hold_the_pattern(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if ((text[i] | 0x20) == 'g' && (text[i + 1] | 0x20) == 'o')
			return true;
	}
	return false;
}

static void compare(const struct text_hits *hits, const uint8_t *text, size_t len)
{
	uint32_t points[WIRE_TEXT_MAX];
	uint8_t expected[WIRE_TEXT_MAX];
	unsigned n = 0;

	for (size_t at = 0; at < len;)
		at += utf8_decode(text + at, len - at, &points[n++]);
	unsigned found = plain_emoji_scan(plain_of(&fuzz_rig()->config), points, n, expected);
	CHECK(hits->n == found);
	CHECK(memcmp(hits->reactions, expected, found) == 0);
}

static void scan(const uint8_t *text, size_t len)
{
	const struct text_hits *hits = text_scan(fuzz_rig()->counter.scanner, text, len);

	CHECK(hits->n <= len);
	for (unsigned i = 0; i < hits->n; i++)
		CHECK(policy_knows(&fuzz_rig()->policy, hits->reactions[i]));
	if (!may_hold_the_pattern(text, len))
		compare(hits, text, len);
	fuzz_note(hits->n > 0 ? REFUSED_none : REFUSED_text_no_reaction);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0 || len > WIRE_TEXT_MAX)
		return 0;
	if (!utf8_valid(data, len)) {
		fuzz_note(REFUSED_text_utf8);
		return 0;
	}
	uint8_t *exact = malloc(len);
	CHECK(exact != NULL);
	memcpy(exact, data, len);
	scan(exact, len);
	free(exact);
	return 0;
}
