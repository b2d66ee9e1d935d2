/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Pieces of an answer in words. It is a stranger's: nothing in it may move the cursor, and what it
 * lacks is '-'.
 */
#ifndef CLIENT_STATS_TABLE_H
#define CLIENT_STATS_TABLE_H

#include <jansson.h>
#include <stdio.h>

struct stats_column {
	const char *member;
	const char *title;
	int width; // negative: to the left
};

/* Without what could move the cursor. Each returns out. */
const char *stats_plain(const char *text, char *out, size_t cap);
const char *stats_words(const json_t *value, char out[64]);
const char *stats_member(const json_t *object, const char *name, char out[64]);

/* A line for each object in rows; nothing if there is none. */
void stats_table(FILE *to, const char *title, const json_t *rows,
	const struct stats_column *columns, unsigned n);

#define STATS_TABLE(to, title, rows, columns) \
	stats_table(to, title, rows, columns, sizeof(columns) / sizeof((columns)[0]))

/* The members of an object as "name value" lines. */
void stats_members(FILE *to, const char *title, const json_t *object);

#endif
