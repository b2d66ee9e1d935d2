/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * "channels: opened 5, 6, closed 2; reactions: added boo; limits.burst; needs a restart: window_ms
 * (line 3)".
 */

#include "control/config_diff.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAMED_MOST = 8 }; // the others are told by their number

static void put_one(FILE *out, const json_t *item)
{
	const json_t *line = json_object_get(item, "line");

	if (json_is_integer(item))
		fprintf(out, "%lld", (long long)json_integer_value(item));
	else if (json_is_string(item))
		fputs(json_string_value(item), out);
	else
		fputs(json_string_value(json_object_get(item, "option")), out);
	if (line != NULL)
		fprintf(out, " (line %lld)", (long long)json_integer_value(line));
}

static void put_list(FILE *out, const json_t *list, size_t most)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n && i < most; i++) {
		fputs(i == 0 ? "" : ", ", out);
		put_one(out, json_array_get(list, i));
	}
	if (n > most)
		fprintf(out, " and %zu more", n - most);
}

/* Returns whether there was anything. */
static bool put_lists(FILE *out, const json_t *diff, const char *what, bool behind)
{
	json_t *lists = json_object_get(diff, what);
	const char *name;
	json_t *list;
	bool any = false;

	json_object_foreach (lists, name, list) {
		if (json_array_size(list) == 0)
			continue;
		if (any)
			fputs(", ", out);
		else
			fprintf(out, "%s%s: ", behind ? "; " : "", what);
		fprintf(out, "%s ", name);
		put_list(out, list, NAMED_MOST);
		any = true;
	}
	return any;
}

static void put_options(
	FILE *out, const json_t *diff, const char *what, const char *title, bool behind)
{
	const json_t *list = json_object_get(diff, what);

	if (json_array_size(list) == 0)
		return;
	fprintf(out, "%s%s", behind ? "; " : "", title);
	put_list(out, list, SIZE_MAX);
}

char *config_diff_words(const json_t *diff, unsigned roles)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	bool any = put_lists(out, diff, "channels", false);
	any = put_lists(out, diff, "reactions", any) || any;
	if (any && (roles & (ROLE_INGEST | ROLE_MERGE)) == 0)
		fputs(" (not used by this role: they come from the mergers)", out);
	put_options(out, diff, "options", "", any);
	any = any || json_array_size(json_object_get(diff, "options")) > 0;
	put_options(out, diff, "needs_restart", "needs a restart: ", any);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
