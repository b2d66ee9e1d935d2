/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/catalogue.h"

#include "control/log.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned count_rules(const struct config *config)
{
	unsigned n = 0;

	for (unsigned i = 0; i < config->n_catalogue; i++)
		n += config->catalogue[i].n_emoji + config->catalogue[i].n_shortcodes +
		     config->catalogue[i].n_patterns;
	return n;
}

static unsigned add_rules(struct text_rule *rules, unsigned n, enum text_kind kind,
	char *const *list, unsigned count, unsigned id)
{
	for (unsigned i = 0; i < count; i++)
		rules[n++] =
			(struct text_rule){.kind = kind, .text = list[i], .reaction = (uint8_t)id};
	return n;
}

/*
 * The file of the compiled catalogue, one for each appliance of a name: in the folder configured,
 * else in $CACHE_DIRECTORY (systemd.exec(5); the first of several), else in /var/cache/uproar if
 * there is one. NULL: none.
 */
static const char *cache_path(const struct config *config, char *path, size_t cap)
{
	const char *folder = config->cache_folder, *given = getenv("CACHE_DIRECTORY");

	if (folder == NULL && given != NULL && given[0] == '/')
		folder = given;
	if (folder == NULL && access("/var/cache/uproar", W_OK) == 0)
		folder = "/var/cache/uproar";
	if (folder == NULL)
		return NULL;
	int len = snprintf(
		path, cap, "%.*s/%s.catalogue", (int)strcspn(folder, ":"), folder, config->name);
	return len < (int)cap ? path : NULL;
}

static void log_cache(const struct catalogue *c, const char *path)
{
	int cached = text_matcher_cached(c->matcher);

	if (cached > 0)
		LOG_INFO("the compiled catalogue is that of %s", path);
	else if (cached < 0)
		LOG_WARNING("%s: the compiled catalogue cannot be kept there: %s", path,
			strerror(-cached));
}

static int make_matcher(struct catalogue *c, const struct config *config, char *error, size_t cap)
{
	struct text_rule *rules = calloc(count_rules(config) + 1, sizeof(*rules));
	char why[256], path[PATH_MAX];
	const char *cache = cache_path(config, path, sizeof(path));
	unsigned n = 0, bad;

	if (rules == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		n = add_rules(rules, n, TEXT_EMOJI, r->emoji, r->n_emoji, r->id);
		n = add_rules(rules, n, TEXT_SHORTCODE, r->shortcodes, r->n_shortcodes, r->id);
		n = add_rules(rules, n, TEXT_PATTERN, r->patterns, r->n_patterns, r->id);
	}
	int ret = text_matcher_new(&c->matcher, rules, n, cache, &bad, why, sizeof(why));
	if (ret < 0)
		snprintf(error, cap, "the catalogue cannot be compiled%s%s: %s",
			bad < n ? ", at " : "", bad < n ? rules[bad].text : "", why);
	else if (cache != NULL)
		log_cache(c, cache);
	free(rules);
	return ret;
}

/* "name":"fire","emoji":"🔥" as jansson escapes it, without the braces around it. */
static char *make_label(const struct config_reaction *r)
{
	json_t *object = json_pack(
		"{s:s, s:s}", "name", r->name, "emoji", r->n_emoji > 0 ? r->emoji[0] : "");
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	if (text == NULL)
		return NULL;
	size_t len = strlen(text);
	memmove(text, text + 1, len - 2);
	text[len - 2] = '\0';
	return text;
}

static int add_reactions(struct catalogue *c, const struct config *config, char *error, size_t cap)
{
	for (unsigned i = 0; i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		c->known[r->id / 64] |= 1ull << r->id % 64;
		c->weights[r->id] = r->weight;
		c->names[r->id] = strdup(r->name);
		c->labels[r->id] = make_label(r);
		if (c->labels[r->id] == NULL || c->names[r->id] == NULL) {
			snprintf(error, cap, "no memory for the catalogue");
			catalogue_free(c);
			return -ENOMEM;
		}
	}
	return 0;
}

int catalogue_make(struct catalogue *c, const struct config *config, char *error, size_t cap)
{
	memset(c, 0, sizeof(*c));
	int ret = make_matcher(c, config, error, cap);
	return ret < 0 ? ret : add_reactions(c, config, error, cap);
}

int catalogue_make_with(struct catalogue *c, const struct config *config,
	struct text_matcher *matcher, char *error, size_t cap)
{
	memset(c, 0, sizeof(*c));
	c->matcher = matcher != NULL ? text_matcher_ref(matcher) : NULL;
	return add_reactions(c, config, error, cap);
}

void catalogue_free(struct catalogue *c)
{
	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++) {
		free((char *)c->labels[i]);
		free((char *)c->names[i]);
	}
	if (c->matcher != NULL)
		text_matcher_free(c->matcher);
}

static bool same_strings(char *const *a, unsigned n_a, char *const *b, unsigned n_b)
{
	bool same = n_a == n_b;

	for (unsigned i = 0; same && i < n_a; i++)
		same = strcmp(a[i], b[i]) == 0;
	return same;
}

bool catalogue_finds_the_same(const struct config *a, const struct config *b)
{
	bool same = a->n_catalogue == b->n_catalogue;

	for (unsigned i = 0; same && i < a->n_catalogue; i++) {
		const struct config_reaction *x = &a->catalogue[i], *y = &b->catalogue[i];

		same = x->id == y->id && same_strings(x->emoji, x->n_emoji, y->emoji, y->n_emoji) &&
		       same_strings(
			       x->shortcodes, x->n_shortcodes, y->shortcodes, y->n_shortcodes) &&
		       same_strings(x->patterns, x->n_patterns, y->patterns, y->n_patterns);
	}
	return same;
}

static json_t *strings(char *const *list, unsigned n)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *reactions(const struct config *config)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		json_array_append_new(array,
			json_pack("{s:i, s:s, s:s, s:f, s:o, s:o, s:o}", "reaction", (int)r->id,
				"name", r->name, "emoji", r->n_emoji > 0 ? r->emoji[0] : "",
				"weight", r->weight, "all_emoji", strings(r->emoji, r->n_emoji),
				"shortcodes", strings(r->shortcodes, r->n_shortcodes), "patterns",
				strings(r->patterns, r->n_patterns)));
	}
	return array;
}

static json_t *channels(const struct config *config)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < config->n_channels; i++) {
		const struct config_channel *c = &config->channels[i];

		json_array_append_new(
			array, json_pack("{s:i, s:s, s:o}", "channel", (int)c->id, "name", c->name,
				       "parent",
				       c->parent != NULL ? json_integer(*c->parent) : json_null()));
	}
	return array;
}

/* They are made of a journal, and in a cluster each has what one node counted. */
static bool has_timelines(const struct config *config)
{
	return config->journal.file != NULL && config->cluster.n_kafka == 0;
}

char *catalogue_document(const struct config *config)
{
	json_t *object = json_pack("{s:o, s:o, s:i, s:b, s:{s:i, s:i, s:i, s:i, s:i, s:i}}",
		"reactions", reactions(config), "channels", channels(config), "window_ms",
		(int)config->window_ms, "timelines", has_timelines(config), "ports", "reactions",
		(int)config->reaction_port, "tcp", (int)config->tcp_port, "http",
		(int)config->http_port, "mqtt", (int)config->mqtt_port, "https",
		(int)config->https_port, "mqtts", (int)config->mqtts_port);
	char *text =
		object != NULL ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

	json_decref(object);
	return text;
}
