/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/timeline.h"

#include "client/http_get.h"
#include "client/printable.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the document, whatever their order there. */
enum column { ENDS, LENGTH, TAPS, REACTORS, SCORE, INTENSITY, SURGE, COLUMNS };

static const char *const column_names[COLUMNS] = {
	"ends_ms", "length_ms", "taps", "reactors", "score", "intensity", "surge"};

__attribute__((format(printf, 2, 3))) static int refuse(char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, TIMELINE_WHY_MAX, format, args);
	va_end(args);
	return -EINVAL;
}

double timeline_rate(const struct timeline_point *p)
{
	return (double)p->taps * 1000 / (double)p->length_ms;
}

uint64_t timeline_begins(const struct timeline_point *p)
{
	return p->ends_ms - p->length_ms;
}

static int find_columns(const json_t *root, size_t place[COLUMNS], char *why)
{
	const json_t *columns = json_object_get(root, "columns");

	for (unsigned c = 0; c < COLUMNS; c++) {
		size_t i = 0, n = json_array_size(columns);

		while (i < n) {
			const char *name = json_string_value(json_array_get(columns, i));
			if (name != NULL && strcmp(name, column_names[c]) == 0)
				break;
			i++;
		}
		if (i == n)
			return refuse(why, "it has no column \"%s\"", column_names[c]);
		place[c] = i;
	}
	return 0;
}

static bool whole_number(const json_t *value, uint64_t *out)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool number(const json_t *value, double low, double high, double *out)
{
	*out = json_number_value(value);
	return json_is_number(value) && *out >= low && *out <= high;
}

static bool read_point(const json_t *row, const size_t place[COLUMNS], struct timeline_point *p)
{
	const json_t *surge = json_array_get(row, place[SURGE]);

	p->surge = json_is_true(surge);
	return json_is_boolean(surge) &&
	       whole_number(json_array_get(row, place[ENDS]), &p->ends_ms) &&
	       whole_number(json_array_get(row, place[LENGTH]), &p->length_ms) &&
	       whole_number(json_array_get(row, place[TAPS]), &p->taps) &&
	       whole_number(json_array_get(row, place[REACTORS]), &p->reactors) &&
	       number(json_array_get(row, place[SCORE]), -1, 1, &p->score) &&
	       number(json_array_get(row, place[INTENSITY]), 0, HUGE_VAL, &p->intensity) &&
	       p->length_ms > 0 && p->length_ms <= p->ends_ms;
}

static int read_points(const json_t *root, struct timeline *t, char *why)
{
	const json_t *rows = json_object_get(root, "points");
	size_t place[COLUMNS];

	if (!json_is_array(rows) || json_array_size(rows) > TIMELINE_POINTS_MAX)
		return refuse(why, "\"points\" is no list of at most %d", TIMELINE_POINTS_MAX);
	if (find_columns(root, place, why) < 0)
		return -EINVAL;
	t->points = calloc(json_array_size(rows) + 1, sizeof(*t->points));
	if (t->points == NULL)
		return -ENOMEM;
	for (; t->n < json_array_size(rows); t->n++) {
		struct timeline_point *p = &t->points[t->n];

		if (!read_point(json_array_get(rows, t->n), place, p))
			return refuse(why, "point %zu is none", t->n);
		if (t->n > 0 && timeline_begins(p) < p[-1].ends_ms)
			return refuse(
				why, "point %zu begins before the one before has ended", t->n);
	}
	return 0;
}

static int read_root(const json_t *root, struct timeline *t, char *why)
{
	const json_t *channel = json_object_get(root, "channel");
	const char *name = json_string_value(json_object_get(root, "name"));

	if (!json_is_integer(channel) || json_integer_value(channel) < 0 ||
		json_integer_value(channel) > UINT16_MAX)
		return refuse(why, "it names no channel");
	if (name == NULL || strlen(name) >= sizeof(t->name) || !printable(name, strlen(name)))
		return refuse(why, "the name of the channel cannot be shown");
	t->channel = (uint16_t)json_integer_value(channel);
	snprintf(t->name, sizeof(t->name), "%s", name);
	return read_points(root, t, why);
}

int timeline_parse(const char *json, size_t len, struct timeline *out, char *why)
{
	json_error_t error;
	json_t *root = json_loadb(json, len, 0, &error);
	int ret;

	memset(out, 0, sizeof(*out));
	if (root == NULL)
		return refuse(why, "it is no JSON");
	ret = read_root(root, out, why);
	json_decref(root);
	if (ret < 0)
		timeline_free(out);
	return ret;
}

int timeline_fetch(const struct endpoint *http, uint16_t channel, uint64_t deadline,
	struct timeline *out, char *why)
{
	char path[48], reason[TIMELINE_WHY_MAX], *body;
	size_t len;
	int ret;

	snprintf(path, sizeof(path), "/v1/channels/%u/timeline", channel);
	ret = http_get(http, path, deadline, &body, &len);
	if (ret == -ENOENT)
		snprintf(why, TIMELINE_WHY_MAX,
			"there is no timeline of channel %u: the appliance keeps no journal, or "
			"has no "
			"such channel",
			channel);
	else if (ret < 0)
		snprintf(why, TIMELINE_WHY_MAX, "%s", endpoint_why(ret));
	if (ret < 0)
		return ret;
	ret = timeline_parse(body, len, out, reason);
	free(body);
	if (ret == -EINVAL)
		snprintf(why, TIMELINE_WHY_MAX, "the timeline is not understood: %.100s", reason);
	return ret;
}

void timeline_free(struct timeline *t)
{
	free(t->points);
	memset(t, 0, sizeof(*t));
}
