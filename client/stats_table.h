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

struct stats_line {
	const char *member;
	const char *words; // what it is to a person
};

/* A line for each of these members; nothing if it is no object. */
void stats_lines(FILE *to, const char *title, const json_t *object, const struct stats_line *lines,
	unsigned n);

#define STATS_LINES(to, title, object, lines) \
	stats_lines(to, title, object, lines, sizeof(lines) / sizeof((lines)[0]))

/*
 * Times of a histogram, whose quantiles are upper bounds of classes: "41 ms", "<= 50 ms"; '-' if it
 * has none. Each returns out.
 */
const char *stats_newest_ms(const json_t *histogram, char out[64]);
const char *stats_bound_ms(const json_t *histogram, const char *quantile, char out[64]);

/* The members of an object as "name value" lines. */
void stats_members(FILE *to, const char *title, const json_t *object);

#endif
