/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/cluster/recorded.h"

#include "perf/cluster/people.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CROWDS = 64, BEGAN = 900000000 };

/* How often a reaction is counted in each window. */
static uint64_t step(unsigned node, unsigned channel, unsigned reaction)
{
	return 1 + (node + channel + reaction) % 7;
}

int recorded_open(struct recorded *r, unsigned nodes, unsigned channels)
{
	size_t most = (size_t)nodes * (channels + 1);

	*r = (struct recorded){.nodes = nodes, .channels = channels};
	r->records = calloc(most, sizeof(*r->records));
	r->people = calloc(CROWDS, sizeof(*r->people));
	r->bytes =
		malloc(most * (RECORD_KEY_MAX + RECORD_TALLY_MAX)); // what is not used is not there
	if (r->records == NULL || r->people == NULL || r->bytes == NULL) {
		recorded_close(r);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < CROWDS; i++)
		people_gather(&r->people[i], RECORDED_PEOPLE, i);
	return 0;
}

void recorded_close(struct recorded *r)
{
	free(r->records);
	free(r->people);
	free(r->bytes);
}

uint64_t recorded_ends(const struct recorded *r)
{
	return (BEGAN + r->window) * RECORDED_WINDOW_MS;
}

static void put(struct recorded *r, size_t key_len, size_t value_len)
{
	struct recorded_at *at = &r->records[r->n++];

	*at = (struct recorded_at){.key = r->bytes + r->len,
		.key_len = (uint32_t)key_len,
		.value_len = (uint32_t)value_len};
	r->len += key_len + value_len;
}

static void name(char out[RECORD_NODE_MAX + 1], unsigned node)
{
	snprintf(out, RECORD_NODE_MAX + 1, "ingest-%02u", node);
}

static void put_tally(struct recorded *r, unsigned node, unsigned channel)
{
	static struct record_tally t;

	t = (struct record_tally){.channel = (uint16_t)channel,
		.source = {.generation = 1, .began = 1},
		.window = r->window,
		.ends = recorded_ends(r),
		.has_people = true,
		.people = r->people[(node + channel + r->window) % CROWDS]};
	name(t.source.node, node);
	for (unsigned i = 0; i < RECORDED_REACTIONS; i++)
		t.counts[i] = r->window * step(node, channel, i);
	size_t key = record_tally_key(&t, r->bytes + r->len);
	put(r, key, record_tally_encode(&t, r->bytes + r->len + key));
}

static void put_report(struct recorded *r, unsigned node)
{
	struct record_report report = {.generation = 1,
		.window = r->window,
		.ends = recorded_ends(r),
		.window_ms = RECORDED_WINDOW_MS};

	name(report.node, node);
	size_t key = record_report_key(&report, r->bytes + r->len);
	put(r, key, record_report_encode(&report, r->bytes + r->len + key));
}

void recorded_next(struct recorded *r)
{
	r->window++;
	r->n = r->len = 0;
	for (unsigned node = 0; node < r->nodes; node++) {
		for (unsigned channel = 0; channel < r->channels; channel++)
			put_tally(r, node, channel);
		put_report(r, node);
	}
}

uint64_t recorded_channel_taps(const struct recorded *r, unsigned channel)
{
	uint64_t taps = 0;

	for (unsigned node = 0; node < r->nodes; node++) {
		for (unsigned i = 0; i < RECORDED_REACTIONS; i++)
			taps += r->window * step(node, channel, i);
	}
	return taps;
}

uint64_t recorded_taps(const struct recorded *r)
{
	uint64_t taps = 0;

	for (unsigned channel = 0; channel < r->channels; channel++)
		taps += recorded_channel_taps(r, channel);
	return taps;
}
