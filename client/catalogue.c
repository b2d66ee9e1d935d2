/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/catalogue.h"

#include "client/http_get.h"
#include "client/printable.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct catalogue *c;
	char *why;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, CATALOGUE_WHY_MAX, format, args);
	va_end(args);
	return -EINVAL;
}

/* A string member into out; a missing one or null is the empty string. */
static int read_text(
	struct reader *r, const json_t *object, const char *member, char *out, size_t cap)
{
	const json_t *value = json_object_get(object, member);

	out[0] = '\0';
	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return refuse(r, "a \"%s\" is no string", member);
	size_t len = json_string_length(value);
	if (len >= cap)
		return refuse(r, "a \"%s\" is longer than %zu bytes", member, cap - 1);
	if (!printable(json_string_value(value), len))
		return refuse(r, "a \"%s\" holds characters that cannot be printed", member);
	memcpy(out, json_string_value(value), len + 1);
	return 0;
}

static int read_id(struct reader *r, const json_t *object, const char *member, int max, int *out)
{
	const json_t *value = json_object_get(object, member);

	if (!json_is_integer(value))
		return refuse(r, "an entry has no integer \"%s\"", member);
	json_int_t id = json_integer_value(value);
	if (id < 0 || id > max)
		return refuse(r, "a \"%s\" is outside 0 to %d", member, max);
	*out = (int)id;
	return 0;
}

static int read_reaction(struct reader *r, const json_t *entry)
{
	struct catalogue_reaction *to = &r->c->reaction[r->c->reactions];
	const json_t *weight = json_object_get(entry, "weight");
	int id, ret;

	if ((ret = read_id(r, entry, "reaction", WIRE_REACTIONS_MAX - 1, &id)) < 0 ||
		(ret = read_text(r, entry, "name", to->name, sizeof(to->name))) < 0 ||
		(ret = read_text(r, entry, "emoji", to->emoji, sizeof(to->emoji))) < 0)
		return ret;
	if (catalogue_reaction(r->c, (uint8_t)id) != NULL)
		return refuse(r, "reaction %d occurs twice", id);
	if (weight != NULL && !json_is_number(weight))
		return refuse(r, "the \"weight\" of reaction %d is no number", id);
	to->weight = json_number_value(weight);
	if (!isfinite(to->weight) || fabs(to->weight) > 1)
		return refuse(r, "the \"weight\" of reaction %d is outside -1 to 1", id);
	to->id = (uint8_t)id;
	r->c->reactions++;
	return 0;
}

static int read_reactions(struct reader *r, const json_t *list)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(list) || json_array_size(list) == 0)
		return refuse(r, "there is no list \"reactions\"");
	if (json_array_size(list) > WIRE_REACTIONS_MAX)
		return refuse(r, "there are more than %d reactions", WIRE_REACTIONS_MAX);
	json_array_foreach (list, i, entry) {
		int ret = read_reaction(r, entry);

		if (ret < 0)
			return ret;
	}
	return 0;
}

static int read_channel(struct reader *r, const json_t *entry)
{
	struct catalogue_channel *to = &r->c->channel[r->c->channels];
	const json_t *parent = json_object_get(entry, "parent");
	int id, ret;

	if ((ret = read_id(r, entry, "channel", WIRE_CHANNELS_MAX - 1, &id)) < 0 ||
		(ret = read_text(r, entry, "name", to->name, sizeof(to->name))) < 0)
		return ret;
	to->parent = -1;
	if (parent != NULL && !json_is_null(parent)) {
		ret = read_id(r, entry, "parent", WIRE_CHANNELS_MAX - 1, &to->parent);
		if (ret < 0)
			return ret;
	}
	to->id = (uint16_t)id;
	r->c->channels++;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct catalogue_channel *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int read_channels(struct reader *r, const json_t *list)
{
	struct catalogue *c = r->c;
	size_t i, n = json_array_size(list);
	json_t *entry;

	if (!json_is_array(list) || n == 0)
		return refuse(r, "there is no list \"channels\"");
	if (n > WIRE_CHANNELS_MAX)
		return refuse(r, "there are more than %d channels", WIRE_CHANNELS_MAX);
	c->channel = calloc(n, sizeof(*c->channel));
	if (c->channel == NULL)
		return -ENOMEM;
	json_array_foreach (list, i, entry) {
		int ret = read_channel(r, entry);

		if (ret < 0)
			return ret;
	}
	qsort(c->channel, c->channels, sizeof(*c->channel), by_id);
	for (i = 1; i < n; i++) {
		if (c->channel[i].id == c->channel[i - 1].id)
			return refuse(r, "channel %u occurs twice", c->channel[i].id);
	}
	return 0;
}

static int read_window(struct reader *r, const json_t *value)
{
	json_int_t ms = value == NULL ? 2000 : json_integer_value(value);

	if (ms < 100 || ms > 60000)
		return refuse(r, "\"window_ms\" is outside 100 to 60000");
	r->c->window_ms = (unsigned)ms;
	return 0;
}

int catalogue_parse(const char *json, size_t len, struct catalogue *out, char *why)
{
	struct reader r = {.c = out, .why = why};
	json_error_t error;
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	int ret;

	memset(out, 0, sizeof(*out));
	if (root == NULL)
		return refuse(&r, "it is no JSON (line %d)", error.line);
	ret = read_reactions(&r, json_object_get(root, "reactions"));
	if (ret == 0)
		ret = read_channels(&r, json_object_get(root, "channels"));
	if (ret == 0)
		ret = read_window(&r, json_object_get(root, "window_ms"));
	json_decref(root);
	if (ret < 0)
		catalogue_free(out);
	return ret;
}

int catalogue_fetch(
	const struct endpoint *http, uint64_t deadline, struct catalogue *out, char *why)
{
	char *body;
	size_t len;
	int ret = http_get(http, "/v1/catalogue", deadline, &body, &len);

	if (ret < 0) {
		snprintf(why, CATALOGUE_WHY_MAX, "%s", strerror(-ret));
		return ret;
	}
	ret = catalogue_parse(body, len, out, why);
	free(body);
	return ret;
}

void catalogue_free(struct catalogue *c)
{
	free(c->channel);
	c->channel = NULL;
	c->channels = 0;
}

const struct catalogue_reaction *catalogue_reaction(const struct catalogue *c, uint8_t id)
{
	for (unsigned i = 0; i < c->reactions; i++) {
		if (c->reaction[i].id == id)
			return &c->reaction[i];
	}
	return NULL;
}

const struct catalogue_channel *catalogue_channel(const struct catalogue *c, uint16_t id)
{
	const struct catalogue_channel key = {.id = id};

	return c->channels == 0 ? NULL : bsearch(&key, c->channel, c->channels, sizeof(key), by_id);
}
