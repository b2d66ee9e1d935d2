/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many bytes nodes of a cluster put into Kafka: what a channel's tally takes with its key, by
 * how many people reacted with how many reactions, and its frame. Encoded by the nodes' own
 * encoders; what Kafka adds is not in it. docs/performance.md says how to read it.
 */

#include "control/cluster/record.h"
#include "perf/cluster/people.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form { TEXT, JSON, MARKDOWN };

enum { JSON_MAX = 8192 };

/* A name as long as nodes have them. */
#define NODE "ingest-01"

static const unsigned people[] = {0, 1, 10, 100, 1000, 10000, 1000000};
static const unsigned reactions[] = {4, 16, 64};

struct row {
	unsigned people, reactions;
	size_t tally, frame; // key and value
};

static size_t tally_bytes(unsigned n, unsigned n_reactions)
{
	static struct record_tally t;
	uint8_t key[RECORD_KEY_MAX], value[RECORD_TALLY_MAX];

	t = (struct record_tally){.channel = 1,
		.source = {.node = NODE, .generation = 1, .began = 1},
		.window = 1800000000,
		.ends = 1800000000000,
		.has_people = n > 0};
	for (unsigned i = 0; i < n_reactions; i++)
		t.counts[i] = 1000000 + i;
	people_gather(&t.people, n, n);
	return record_tally_key(&t, key) + record_tally_encode(&t, value);
}

/* The window's own entries come first, as in a frame of a busy channel. */
static size_t fill_forms(
	struct record_frame *record, unsigned n_reactions, uint8_t *binary, char *json)
{
	static const char *labels[WIRE_REACTIONS_MAX];
	struct frame f = {.channel = 1,
		.window = 1800000000,
		.ends = 1800000000000,
		.length = 2000,
		.taps = 1000000,
		.total = 1000000000,
		.reactors = 100000,
		.score = 1234,
		.intensity = FRAME_INTENSITY_ONE};

	f.n = (uint8_t)(n_reactions < WIRE_FRAME_ENTRIES_MAX ? n_reactions
							     : WIRE_FRAME_ENTRIES_MAX);
	for (unsigned i = 0; i < f.n; i++) {
		labels[i] = "\"name\":\"heart_eyes\",\"emoji\":\"😍\"";
		f.entries[i] =
			(struct frame_entry){.reaction = (uint8_t)i, .share = 312, .count = 31234};
	}
	record->binary = binary;
	record->binary_len = frame_encode(&f, binary);
	record->json = json;
	record->json_len = frame_encode_json(&f, labels, json, JSON_MAX);
	return record->json_len;
}

static size_t frame_bytes(unsigned n_reactions)
{
	static struct record_frame record;
	static uint8_t binary[WIRE_FRAME_MAX];
	static char json[JSON_MAX];

	record = (struct record_frame){.channel = 1, .open = true, .merger = "merge-01", .made = 1};
	if (fill_forms(&record, n_reactions, binary, json) == 0)
		return 0;
	for (unsigned i = 0; i < n_reactions; i++)
		record.merged[i] = 1000000 + i;
	uint8_t *value = malloc(record_frame_size(&record));
	size_t len = value == NULL ? 0 : RECORD_FRAME_KEY + record_frame_encode(&record, value);
	free(value);
	return len;
}

static void print_row(const struct row *r, enum form form, bool first)
{
	if (form == JSON)
		printf("%s{\"people\":%u,\"reactions\":%u,\"tally_bytes\":%zu,\"frame_bytes\":%zu}",
			first ? "" : ",\n  ", r->people, r->reactions, r->tally, r->frame);
	else
		printf(form == MARKDOWN ? "| %u | %u | %zu | %zu |\n" : "%8u %9u %11zu %11zu\n",
			r->people, r->reactions, r->tally, r->frame);
}

static void print_report(enum form form)
{
	const struct record_report r = {.node = NODE, .generation = 1};
	uint8_t key[RECORD_KEY_MAX], value[RECORD_REPORT_MAX];
	size_t bytes = record_report_key(&r, key) + record_report_encode(&r, value);

	if (form == JSON)
		printf("{\"report_bytes\":%zu,\"rows\":[\n  ", bytes);
	else if (form == MARKDOWN)
		printf("A report: %zu bytes.\n\n| people in the window | reactions | tally, bytes "
		       "| frame, bytes |\n|---|---|---|---|\n",
			bytes);
	else
		printf("a report: %zu bytes\n%8s %9s %11s %11s\n", bytes, "people", "reactions",
			"tally bytes", "frame bytes");
}

static bool run(enum form form)
{
	enum { PEOPLE = sizeof(people) / sizeof(people[0]) };

	print_report(form);
	for (unsigned i = 0; i < PEOPLE * sizeof(reactions) / sizeof(reactions[0]); i++) {
		struct row row = {.people = people[i % PEOPLE], .reactions = reactions[i / PEOPLE]};

		row.tally = tally_bytes(row.people, row.reactions);
		row.frame = frame_bytes(row.reactions);
		if (row.frame == 0)
			return false;
		print_row(&row, form, i == 0);
	}
	if (form == JSON)
		printf("]}\n");
	return true;
}

int main(int argc, char **argv)
{
	enum form form = TEXT;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			form = JSON;
		else if (strcmp(argv[i], "--markdown") == 0)
			form = MARKDOWN;
		else if (strcmp(argv[i], "--quick") != 0) {
			fprintf(stderr, "usage: cluster-records [--quick] [--json | --markdown]\n");
			return 2;
		}
	}
	return run(form) ? 0 : 1;
}
