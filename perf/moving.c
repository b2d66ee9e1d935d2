/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What it costs that sessions move between boxes: batches counted twice or lost, by the counting
 * that the appliance has, when routes change, processes die and boxes die. A simulation with a
 * seed: every run gives the same figures, on any machine. docs/scale.md says how to read it.
 */

#include "perf/moving/journey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form { TEXT, JSON, MARKDOWN };

enum { SESSIONS = 10000, QUICK_SESSIONS = 500 };

/* Windows of 2 s; records of a window are out 50 ms after its end. A box dies just before. */
static const struct events table[] = {
	{.name = "nothing", .spreading = SPREAD_RESILIENT, .before = 7},
	{.name = "a box more, consistent hashing",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 15,
		.changes = 300},
	{.name = "a box more, all rehashed", .before = 7, .after = 15, .changes = 300},
	{.name = "a process killed, back in 0.4 s, routes stay",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.dies = 300,
		.returns = 300.4},
	{.name = "a process down for 10 s, routes stay",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.dies = 300,
		.returns = 310},
	{.name = "a process down for 10 s, routes follow in 1 s",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 301,
		.back = 311,
		.dies = 300,
		.returns = 310},
	{.name = "a box gone for good, routes follow in 1 s",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 303.049,
		.dies = 302.049,
		.arena_gone = true,
		.published = 300},
	{.name = "a box gone, another one there after 60 s",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 303.049,
		.back = 362,
		.dies = 302.049,
		.returns = 361,
		.arena_gone = true,
		.published = 300},
	{.name = "a route flaps every 5 s for a minute",
		.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 300,
		.back = 360,
		.period = 5},
	{.name = "each datagram its own way", .spreading = SPREAD_SCATTERED, .before = 7},
};

/* The last one's network brings datagrams out of order. */
static const struct phone_habits habits[] = {
	{.history = 4, .interval = 3, .loss = 0.01},
	{.history = 8, .interval = 3, .loss = 0.01},
	{.history = 4, .interval = 1, .loss = 0.01},
	{.history = 4, .interval = 1, .loss = 0.01, .confirms = true},
	{.history = 4, .interval = 1, .loss = 0.01, .late = 0.01},
};

struct row {
	const struct events *events;
	const struct phone_habits *habits;
	struct journey_sum sum;
	int64_t lost_more; // than if nothing had happened
};

static bool walk(struct row *row, struct box *boxes, unsigned sessions)
{
	static struct phone phone;
	struct journey_sum undisturbed = {0};

	for (unsigned i = 0; i < sessions; i++) {
		phone_make(&phone, row->habits, i, EVENTS_SECONDS);
		int64_t lost = journey_make(&row->sum, boxes, &phone, row->events);
		row->lost_more += lost - journey_make(&undisturbed, boxes, &phone, &table[0]);
	}
	return undisturbed.batches > 0;
}

/* What the protocol promises, where datagrams keep their order. */
static bool within_bounds(const struct row *row)
{
	unsigned most = row->habits->history - 1;

	if (row->habits->late > 0)
		return true;
	if (row->sum.arrivals[ARRIVAL_BEGINS].most == 0 &&
		row->sum.arrivals[ARRIVAL_OLDER].most == 0 &&
		row->sum.arrivals[ARRIVAL_YOUNG].most <= most &&
		row->sum.arrivals[ARRIVAL_RETURN].most <= most)
		return true;
	fprintf(stderr, "moving: %s: more batches were doubled than can be\n", row->events->name);
	return false;
}

static uint64_t doubled(const struct journey_sum *s)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < ARRIVALS; i++)
		n += s->arrivals[i].doubled;
	return n;
}

static double per_million(double n, const struct row *row)
{
	return n * 1e6 / (double)row->sum.batches;
}

static void habit_words(const struct phone_habits *h, char out[64])
{
	snprintf(out, 64, "%u, %.0f s%s%s", h->history, h->interval,
		h->confirms ? ", confirmed" : "", h->late > 0 ? ", out of order" : "");
}

static void arrival_words(const struct row *row, enum arrival a, char out[48])
{
	uint64_t n = row->sum.arrivals[a].n;

	snprintf(out, 48, "-");
	if (n > 0)
		snprintf(out, 48, "%.2f (%u)", (double)row->sum.arrivals[a].doubled / (double)n,
			row->sum.arrivals[a].most);
}

static void print_json(const struct row *row, bool first)
{
	static const char *const names[] = {"begins", "young", "older", "return"};

	printf("%s{\"events\":\"%s\",\"history\":%u,\"interval\":%.0f,\"confirms\":%s,"
	       "\"out_of_order\":%.2f,\"sessions\":%lu,\"batches\":%lu,\"lost_more\":%ld",
		first ? "" : ",\n  ", row->events->name, row->habits->history,
		row->habits->interval, row->habits->confirms ? "true" : "false", row->habits->late,
		(unsigned long)row->sum.sessions, (unsigned long)row->sum.batches,
		(long)row->lost_more);
	for (unsigned i = 0; i < ARRIVALS; i++)
		printf(",\"%s\":{\"arrivals\":%lu,\"doubled\":%lu,\"most\":%u}", names[i],
			(unsigned long)row->sum.arrivals[i].n,
			(unsigned long)row->sum.arrivals[i].doubled, row->sum.arrivals[i].most);
	printf("}");
}

static void print_row(const struct row *row, enum form form)
{
	char words[64], young[48], older[48], again[48];

	habit_words(row->habits, words);
	arrival_words(row, ARRIVAL_YOUNG, young);
	arrival_words(row, ARRIVAL_OLDER, older);
	arrival_words(row, ARRIVAL_RETURN, again);
	printf(form == MARKDOWN ? "| %s | %s | %s | %s | %s | %.0f | %.0f |\n"
				: "%-46s %-20s %12s %12s %12s %9.0f %9.0f\n",
		row->events->name, words, young, older, again,
		per_million((double)doubled(&row->sum), row),
		per_million((double)row->lost_more, row));
}

static void print_head(enum form form)
{
	if (form == JSON)
		printf("{\"rows\":[\n  ");
	else if (form == MARKDOWN)
		printf("| what happens | history, interval | young | older | returns "
		       "| doubled, ppm | lost, ppm |\n|---|---|---|---|---|---|---|\n");
	else
		printf("%-46s %-20s %12s %12s %12s %9s %9s\n", "doubled for each arrival (most)",
			"history, interval", "young", "older", "returns", "ppm", "lost ppm");
}

static bool run(enum form form, unsigned sessions, struct box *boxes)
{
	enum {
		EVENTS = sizeof(table) / sizeof(table[0]),
		HABITS = sizeof(habits) / sizeof(habits[0])
	};

	print_head(form);
	for (unsigned i = 0; i < EVENTS * HABITS; i++) {
		struct row row = {.events = &table[i / HABITS], .habits = &habits[i % HABITS]};

		if (!walk(&row, boxes, sessions) || !within_bounds(&row))
			return false;
		if (form == JSON)
			print_json(&row, i == 0);
		else
			print_row(&row, form);
		fflush(stdout);
	}
	if (form == JSON)
		printf("]}\n");
	return true;
}

static bool parse(int argc, char **argv, enum form *form, unsigned *sessions)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			*form = JSON;
		else if (strcmp(argv[i], "--markdown") == 0)
			*form = MARKDOWN;
		else if (strcmp(argv[i], "--quick") == 0)
			*sessions = QUICK_SESSIONS;
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct box boxes[EVENTS_BOXES];
	enum form form = TEXT;
	unsigned sessions = SESSIONS;

	if (!parse(argc, argv, &form, &sessions)) {
		fprintf(stderr, "usage: moving [--quick] [--json | --markdown]\n");
		return 2;
	}
	bool good = true;
	for (unsigned i = 0; i < EVENTS_BOXES; i++)
		good = box_open(&boxes[i]) == 0 && good;
	good = good && run(form, sessions, boxes);
	for (unsigned i = 0; i < EVENTS_BOXES; i++)
		box_close(&boxes[i]);
	return good ? 0 : 1;
}
