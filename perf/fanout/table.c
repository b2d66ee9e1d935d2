/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/report.h"

#include <stdio.h>

struct column {
	enum fanout_metric metric;
	const char *title;
	int digits;
	bool range; // the middle half too
	double scale;
};

struct table {
	const char *title;
	const struct column *columns; // up to one without a title
};

static const struct column saturated[] = {
	{M_DELIVERIES, "deliveries/s", 0, false, 1},
	{M_WALL, "us each", 2, false, 1},
	{M_WALL_X, "of floor", 3, true, 1},
	{M_BUSY, "core us", 2, false, 1},
	{M_BUSY_X, "of floor", 3, true, 1},
	{0},
};

static const struct column arrivals[] = {
	{M_FIRST, "first ms", 2, false, 1},
	{M_MEDIAN, "median", 2, false, 1},
	{M_P99, "p99", 2, false, 1},
	{M_LAST, "last", 2, false, 1},
	{M_SKEW, "skew", 2, false, 1},
	{M_SKEW_X, "of floor", 3, true, 1},
	{M_SKEW_500_X, "each 500 ms", 3, true, 1},
	{M_SKEW_2000_X, "each 2 s", 3, true, 1},
	{0},
};

static const struct column connections[] = {
	{M_JOINS, "joins/s", 0, false, 1},
	{M_JOIN_US, "core us", 1, true, 1},
	{M_USER, "user B", 0, false, 1},
	{M_GROWTH, "growth B", 1, false, 1},
	{M_ROUNDS, "rounds", 0, false, 1},
	{M_KERNEL, "kernel KB", 2, true, 1.0 / 1024},
	{M_RESTART, "restart ms", 0, true, 1},
	{0},
};

static const struct column stalled[] = {
	{M_STALL_WALL_X, "cost, times", 3, true, 1},
	{M_STALL_SKEW_X, "skew, times", 3, true, 1},
	{M_STALL_FRAMES, "frames", 1, false, 1},
	{M_STALL_MOST, "most", 1, false, 1},
	{M_STALL_ROUNDS, "rounds", 0, false, 1},
	{M_STALL_SOCKETS, "sockets KB", 1, false, 1.0 / 1024},
	{M_STALL_USER, "user KB", 1, false, 1.0 / 1024},
	{M_STALL_RISING, "B a frame", 2, false, 1},
	{0},
};

static const struct table tables[] = {
	{"saturated: microseconds a delivery", saturated},
	{"arrival after publishing (of uproard: after the window's end), milliseconds", arrivals},
	{"connections", connections},
	{"one in twenty not reading: the others' cost and skew, and what is kept for a stalled one",
		stalled},
};

void fanout_table_heading(const struct fanout_report *r)
{
	const struct machine *m = &r->machine;

	printf("%s; %s; %u CPUs; load %.1f%s\n", m->processor, m->kernel, m->cpus, m->load,
		r->quick ? "; --quick: too short to be quoted" : "");
	fflush(stdout);
}

static void cell_text(char out[64], const struct fanout_row *row, const struct column *c)
{
	struct figure f = row_figure(row, c->metric);

	if (!row_has(row, c->metric))
		snprintf(out, 64, "-");
	else if (c->range)
		snprintf(out, 64, "%.*f (%.*f-%.*f)", c->digits, f.median * c->scale, c->digits,
			f.low * c->scale, c->digits, f.high * c->scale);
	else
		snprintf(out, 64, "%.*f", c->digits, f.median * c->scale);
}

static void print_cell(const struct fanout_report *r, const struct column *c, const char *text)
{
	if (r->markdown)
		printf(" %s |", text);
	else
		printf(" %*s", c->range ? 21 : 12, text);
}

static bool has_any(const struct fanout_row *row, const struct table *t)
{
	for (const struct column *c = t->columns; c->title != NULL; c++) {
		if (row_has(row, c->metric))
			return true;
	}
	return false;
}

static void print_row(
	const struct fanout_report *r, const struct fanout_row *row, const struct table *t)
{
	char name[48], text[64];

	if (row->window_ms > 0)
		snprintf(name, sizeof(name), "%s, %u ms", row->name, row->window_ms);
	else
		snprintf(name, sizeof(name), "%s", row->name);
	printf(r->markdown ? "| %s |" : "%-22s", name);
	for (const struct column *c = t->columns; c->title != NULL; c++) {
		cell_text(text, row, c);
		print_cell(r, c, text);
	}
	printf("%s\n", row->disturbed ? "  disturbed" : "");
}

static void print_heading(
	const struct fanout_report *r, const struct table *t, unsigned subscribers)
{
	printf(r->markdown ? "\n| %u subscribers, %s |" : "\n%u subscribers, %s\n%22s", subscribers,
		t->title, "");
	for (const struct column *c = t->columns; c->title != NULL; c++)
		print_cell(r, c, c->title);
	if (r->markdown)
		printf("\n|---|");
	for (const struct column *c = t->columns; r->markdown && c->title != NULL; c++)
		printf("---|");
	printf("\n");
}

static void print_table(const struct fanout_report *r, const struct table *t, unsigned subscribers)
{
	print_heading(r, t, subscribers);
	for (unsigned i = 0; i < r->n; i++) {
		if (r->rows[i].subscribers == subscribers && has_any(&r->rows[i], t))
			print_row(r, &r->rows[i], t);
	}
}

void fanout_table(const struct fanout_report *r, unsigned subscribers)
{
	for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		print_table(r, &tables[i], subscribers);
	for (unsigned i = 0; i < r->n; i++) {
		const struct fanout_row *row = &r->rows[i];

		if (row->subscribers == subscribers && row->skipped[0] != '\0')
			printf("\n%s: skipped: %s\n", row->name, row->skipped);
	}
	fflush(stdout);
}
