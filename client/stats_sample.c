/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_sample.h"

#include "client/clock.h"
#include "client/printable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LEN_MAX = 128 };

bool stats_samples_take(struct stats_samples *s, const char *json, size_t len, uint64_t at)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(root)) {
		json_decref(root);
		return false;
	}
	json_decref(s->before);
	s->before = s->now;
	s->now = root;
	s->seconds = s->before != NULL ? (double)(at - s->at) / CLOCK_SECOND : 0;
	s->at = at;
	return true;
}

void stats_samples_free(struct stats_samples *s)
{
	json_decref(s->before);
	json_decref(s->now);
	memset(s, 0, sizeof(*s));
}

/* One step: "name" or "name[3]". */
static const json_t *step(const json_t *from, char *name)
{
	char *bracket = strchr(name, '[');

	if (bracket == NULL)
		return json_object_get(from, name);
	*bracket = '\0';
	return json_array_get(json_object_get(from, name), strtoul(bracket + 1, NULL, 10));
}

const json_t *stats_at(const json_t *root, const char *path, ...)
{
	char text[PATH_LEN_MAX], *rest = text, *name;
	va_list args;

	va_start(args, path);
	vsnprintf(text, sizeof(text), path, args);
	va_end(args);
	while (root != NULL && (name = strsep(&rest, ".")) != NULL)
		root = step(root, name);
	return root;
}

double stats_number(const struct stats_samples *s, const char *path)
{
	return json_number_value(stats_at(s->now, "%s", path));
}

double stats_rate(const struct stats_samples *s, const char *path)
{
	double grown = stats_number(s, path) - json_number_value(stats_at(s->before, "%s", path));

	if (s->before == NULL || s->seconds <= 0 || grown < 0) // another process answers now
		return 0;
	return grown / s->seconds;
}

const char *stats_text(const struct stats_samples *s, const char *path, char out[64])
{
	const char *text = json_string_value(stats_at(s->now, "%s", path));

	if (text == NULL)
		text = "-";
	snprintf(out, 64, "%.63s", printable(text, strlen(text)) ? text : "?");
	return out;
}
