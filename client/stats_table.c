/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stats_table.h"

#include <stdint.h>
#include <string.h>

/* The answer is a stranger's: nothing in it may move the cursor. */
const char *stats_plain(const char *text, char *out, size_t cap)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < cap; text++)
		out[n++] = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
	out[n] = '\0';
	return out;
}

/* Any value in words; '-' for none. */
const char *stats_words(const json_t *value, char out[64])
{
	if (json_is_integer(value))
		snprintf(out, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(out, 64, "%.2f", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 64, "%s", json_is_true(value) ? "yes" : "no");
	else if (json_is_string(value))
		stats_plain(json_string_value(value), out, 64);
	else
		snprintf(out, 64, "-");
	return out;
}

const char *stats_member(const json_t *object, const char *name, char out[64])
{
	return stats_words(json_object_get(object, name), out);
}

void stats_table(FILE *to, const char *title, const json_t *rows,
	const struct stats_column *columns, unsigned n)
{
	char text[64];
	size_t i;
	json_t *row;

	if (json_array_size(rows) == 0)
		return;
	fprintf(to, "\n%s\n", title);
	for (unsigned c = 0; c < n; c++)
		fprintf(to, "  %*s", columns[c].width, columns[c].title);
	fputc('\n', to);
	json_array_foreach (rows, i, row) {
		for (unsigned c = 0; c < n; c++)
			fprintf(to, "  %*s", columns[c].width,
				stats_member(row, columns[c].member, text));
		fputc('\n', to);
	}
}

void stats_lines(FILE *to, const char *title, const json_t *object, const struct stats_line *lines,
	unsigned n)
{
	char value[64];

	if (!json_is_object(object))
		return;
	fprintf(to, "\n%s\n", title);
	for (unsigned i = 0; i < n; i++)
		fprintf(to, "  %-44s %s\n", lines[i].words,
			stats_member(object, lines[i].member, value));
}

static const char *milliseconds(
	const json_t *histogram, const char *member, const char *before, char out[64])
{
	const json_t *us = json_object_get(histogram, member);

	if (!json_is_number(us) || json_integer_value(json_object_get(histogram, "windows")) == 0)
		snprintf(out, 64, "-");
	else
		snprintf(out, 64, "%s%.4g ms", before, json_number_value(us) / 1e3);
	return out;
}

const char *stats_newest_ms(const json_t *histogram, char out[64])
{
	return milliseconds(histogram, "newest", "", out);
}

const char *stats_bound_ms(const json_t *histogram, const char *quantile, char out[64])
{
	return milliseconds(histogram, quantile, "<= ", out);
}

/* The members of an object as "name value" lines. */
void stats_members(FILE *to, const char *title, const json_t *object)
{
	const char *name;
	char clean[64], value[64];
	json_t *v;

	if (json_object_size(object) == 0)
		return;
	fprintf(to, "\n%s\n", title);
	json_object_foreach ((json_t *)(uintptr_t)object, name, v) {
		if (json_is_array(v) || json_is_object(v) || json_is_boolean(v))
			continue;
		fprintf(to, "  %-20s %14s\n", stats_plain(name, clean, sizeof(clean)),
			stats_words(v, value));
	}
}
