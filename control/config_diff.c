/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_diff.h"

#include "control/config_options.h"

#include <stdlib.h>
#include <string.h>

/* Where a channel stands in a list, plus 1, by id. */
static uint32_t *places_of(const struct config *c)
{
	uint32_t *places = calloc(WIRE_CHANNELS_MAX + 1, sizeof(*places));

	for (unsigned i = 0; places != NULL && i < c->n_channels; i++)
		places[c->channels[i].id] = i + 1;
	return places;
}

static void add_id(json_t *lists, const char *list, unsigned id)
{
	json_array_append_new(json_object_get(lists, list), json_integer((json_int_t)id));
}

/* One more than the id; 0: none. */
static unsigned parent_of(const struct config_channel *c)
{
	return c->parent != NULL ? *c->parent + 1 : 0;
}

static void compare_channels(json_t *lists, const struct config *now, const uint32_t *places,
	const struct config *wanted)
{
	for (unsigned i = 0; i < wanted->n_channels; i++) {
		const struct config_channel *c = &wanted->channels[i];
		uint32_t place = places[c->id];

		if (place == 0) {
			add_id(lists, "opened", c->id);
			continue;
		}
		if (strcmp(now->channels[place - 1].name, c->name) != 0)
			add_id(lists, "renamed", c->id);
		if (config_wants_tickets(now, place - 1) != config_wants_tickets(wanted, i) ||
			parent_of(&now->channels[place - 1]) != parent_of(c))
			add_id(lists, "changed", c->id);
	}
}

static json_t *channels(const struct config *now, const struct config *wanted)
{
	json_t *lists =
		json_pack("{s:[], s:[], s:[], s:[]}", "opened", "closed", "renamed", "changed");
	uint32_t *before = places_of(now), *after = places_of(wanted);

	if (lists != NULL && before != NULL && after != NULL) {
		compare_channels(lists, now, before, wanted);
		for (unsigned i = 0; i < now->n_channels; i++) {
			if (after[now->channels[i].id] == 0)
				add_id(lists, "closed", now->channels[i].id);
		}
	} else {
		json_decref(lists);
		lists = NULL;
	}
	free(before);
	free(after);
	return lists;
}

static const struct config_reaction *find_reaction(const struct config *c, unsigned id)
{
	for (unsigned i = 0; i < c->n_catalogue; i++) {
		if (c->catalogue[i].id == id)
			return &c->catalogue[i];
	}
	return NULL;
}

static bool same_list(char *const *a, unsigned n_a, char *const *b, unsigned n_b)
{
	bool same = n_a == n_b;

	for (unsigned i = 0; same && i < n_a; i++)
		same = strcmp(a[i], b[i]) == 0;
	return same;
}

static bool same_reaction(const struct config_reaction *a, const struct config_reaction *b)
{
	return strcmp(a->name, b->name) == 0 && !(a->weight < b->weight || a->weight > b->weight) &&
	       same_list(a->emoji, a->n_emoji, b->emoji, b->n_emoji) &&
	       same_list(a->shortcodes, a->n_shortcodes, b->shortcodes, b->n_shortcodes) &&
	       same_list(a->patterns, a->n_patterns, b->patterns, b->n_patterns);
}

static void add_name(json_t *lists, const char *list, const struct config_reaction *r)
{
	json_array_append_new(json_object_get(lists, list), json_string(r->name));
}

static json_t *reactions(const struct config *now, const struct config *wanted)
{
	json_t *lists = json_pack("{s:[], s:[], s:[]}", "added", "removed", "changed");

	for (unsigned i = 0; lists != NULL && i < wanted->n_catalogue; i++) {
		const struct config_reaction *r = &wanted->catalogue[i];
		const struct config_reaction *was = find_reaction(now, r->id);

		if (was == NULL)
			add_name(lists, "added", r);
		else if (!same_reaction(was, r))
			add_name(lists, "changed", r);
	}
	for (unsigned i = 0; lists != NULL && i < now->n_catalogue; i++) {
		if (find_reaction(wanted, now->catalogue[i].id) == NULL)
			add_name(lists, "removed", &now->catalogue[i]);
	}
	return lists;
}

static json_t *with_line(const char *option, unsigned line)
{
	json_t *object = json_pack("{s:s}", "option", option);

	if (line != 0)
		json_object_set_new(object, "line", json_integer((json_int_t)line));
	return object;
}

static void options(json_t *diff, const struct config *now, const struct config *start,
	const struct config *wanted)
{
	json_t *at_once = json_object_get(diff, "options");
	json_t *later = json_object_get(diff, "needs_restart");

	for (unsigned i = 0; i < n_config_options; i++) {
		const struct config_option *o = &config_options[i];

		if (!config_differs(o, now, wanted))
			continue;
		if (config_takes_effect(o, start, wanted))
			json_array_append_new(at_once, json_string(o->path));
		else
			json_array_append_new(
				later, with_line(o->path, config_line_of(wanted, o->path)));
	}
}

json_t *config_diff(
	const struct config *now, const struct config *start, const struct config *wanted)
{
	json_t *diff = json_pack("{s:o, s:o, s:[], s:[]}", "channels", channels(now, wanted),
		"reactions", reactions(now, wanted), "options", "needs_restart");

	if (diff != NULL)
		options(diff, now, start, wanted);
	return diff;
}
