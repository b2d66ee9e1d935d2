/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include "dataplane/text_matcher.h"
#include "wire/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* An emoji: UTF-8, and no plain word, which would be a pattern. */
static bool looks_like_emoji(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > 96 || !utf8_valid((const uint8_t *)text, len))
		return false;
	for (const char *at = text; *at != '\0'; at++) {
		if ((*at & 0x80) != 0)
			return true;
	}
	return false;
}

static int check_strings(const struct config_check *k, const struct config *c, unsigned i)
{
	const struct config_reaction *r = &c->catalogue[i];
	char path[64];

	for (unsigned j = 0; j < r->n_emoji; j++) {
		snprintf(path, sizeof(path), "catalogue[%u].emoji[%u]", i, j);
		if (!looks_like_emoji(r->emoji[j]))
			return config_wrong(k, path, "'%.40s' is no emoji; words go under patterns",
				r->emoji[j]);
	}
	for (unsigned j = 0; j < r->n_shortcodes; j++) {
		snprintf(path, sizeof(path), "catalogue[%u].shortcodes[%u]", i, j);
		if (!config_is_name(r->shortcodes[j], "_+-") || strlen(r->shortcodes[j]) > 64)
			return config_wrong(k, path,
				"'%.40s' is no shortcode: write joy for :joy: (letters, digits, _, "
				"+, -)",
				r->shortcodes[j]);
	}
	if (r->n_emoji > CONFIG_STRINGS_MAX || r->n_shortcodes > CONFIG_STRINGS_MAX ||
		r->n_patterns > CONFIG_STRINGS_MAX) {
		snprintf(path, sizeof(path), "catalogue[%u]", i);
		return config_wrong(
			k, path, "more than %d emoji, shortcodes or patterns", CONFIG_STRINGS_MAX);
	}
	return 0;
}

static int check_reaction(const struct config_check *k, const struct config *c, unsigned i)
{
	const struct config_reaction *r = &c->catalogue[i];
	char path[64];

	snprintf(path, sizeof(path), "catalogue[%u].id", i);
	if (r->id >= c->arena_reactions)
		return config_wrong(k, path, "%u is not below arena.reactions, which is %u", r->id,
			c->arena_reactions);
	for (unsigned j = 0; j < i; j++) {
		if (c->catalogue[j].id == r->id)
			return config_wrong(k, path, "%u is the id of an earlier reaction", r->id);
	}
	snprintf(path, sizeof(path), "catalogue[%u].name", i);
	if (!config_is_name(r->name, "_-"))
		return config_wrong(k, path, "'%s' is no name: letters, digits, - and _", r->name);
	for (unsigned j = 0; j < i; j++) {
		if (strcmp(c->catalogue[j].name, r->name) == 0)
			return config_wrong(
				k, path, "'%s' is the name of an earlier reaction", r->name);
	}
	snprintf(path, sizeof(path), "catalogue[%u].weight", i);
	if (!(r->weight >= -1 && r->weight <= 1))
		return config_wrong(k, path, "%g is outside -1 to 1", r->weight);
	return check_strings(k, c, i);
}

/* Has some reaction before (i, j) the same string of this kind? */
static bool repeated(const struct config *c, enum text_kind kind, unsigned i, unsigned j)
{
	const struct config_reaction *mine = &c->catalogue[i];
	const char *text = kind == TEXT_EMOJI ? mine->emoji[j] : mine->shortcodes[j];

	for (unsigned a = 0; a <= i; a++) {
		const struct config_reaction *r = &c->catalogue[a];
		unsigned n = kind == TEXT_EMOJI ? r->n_emoji : r->n_shortcodes;
		char *const *list = kind == TEXT_EMOJI ? r->emoji : r->shortcodes;

		for (unsigned b = 0; b < (a == i ? j : n); b++) {
			if (strcmp(list[b], text) == 0)
				return true;
		}
	}
	return false;
}

static int check_unique_strings(const struct config_check *k, const struct config *c)
{
	char path[64];

	for (unsigned i = 0; i < c->n_catalogue; i++) {
		for (unsigned j = 0; j < c->catalogue[i].n_emoji; j++) {
			snprintf(path, sizeof(path), "catalogue[%u].emoji[%u]", i, j);
			if (repeated(c, TEXT_EMOJI, i, j))
				return config_wrong(k, path, "%s stands in the catalogue already",
					c->catalogue[i].emoji[j]);
		}
		for (unsigned j = 0; j < c->catalogue[i].n_shortcodes; j++) {
			snprintf(path, sizeof(path), "catalogue[%u].shortcodes[%u]", i, j);
			if (repeated(c, TEXT_SHORTCODE, i, j))
				return config_wrong(k, path, ":%s: stands in the catalogue already",
					c->catalogue[i].shortcodes[j]);
		}
	}
	return 0;
}

/* Patterns are tried one by one, so that the message can name the one that is wrong. */
static int check_patterns(const struct config_check *k, const struct config *c)
{
	for (unsigned i = 0; i < c->n_catalogue; i++) {
		for (unsigned j = 0; j < c->catalogue[i].n_patterns; j++) {
			struct text_rule rule = {TEXT_PATTERN, c->catalogue[i].patterns[j], 0};
			struct text_matcher *m;
			char path[64], why[256];
			unsigned bad;

			snprintf(path, sizeof(path), "catalogue[%u].patterns[%u]", i, j);
			if (text_matcher_new(&m, &rule, 1, NULL, &bad, why, sizeof(why)) < 0)
				return config_wrong(k, path,
					"'%.60s' is no regular expression that Hyperscan takes: %s",
					rule.text, why);
			text_matcher_free(m);
		}
	}
	return 0;
}

int config_check_catalogue(const struct config_check *k, const struct config *c)
{
	if (c->n_catalogue == 0)
		return config_wrong(k, "catalogue", "no reaction: give at least one");
	for (unsigned i = 0; i < c->n_catalogue; i++) {
		if (check_reaction(k, c, i) < 0)
			return -EINVAL;
	}
	if (check_unique_strings(k, c) < 0)
		return -EINVAL;
	return check_patterns(k, c);
}
