/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Exact to the tap, whatever becomes of records and mergers: nodes tap, publish, are behind, lose
 * their arenas and go on with others; records come twice and out of order, old ones are compacted
 * away or not; transactions fail; mergers die at any moment. A plain model adds up what was tapped.
 */

#include "partition_rig.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { NODES = 4, LOG_MAX = 1 << 13, STEPS = 4000 };

/* What lies in the topic. */
struct entry {
	enum { TALLY, REPORT, DELETED, COMPACTED } kind;
	struct record_tally tally; // of a deleted one: channel and source
	struct record_report report;
};

struct ingest {
	char name[4];
	uint64_t generation;
	uint64_t counts[RIG_CHANNELS][RIG_REACTIONS];
	bool moved[RIG_CHANNELS];
};

struct world {
	struct seeded_random random;
	struct rig *rig;
	struct ingest nodes[NODES];
	uint64_t now, generations;
	uint64_t tapped[RIG_CHANNELS][RIG_REACTIONS];
	uint64_t shown[RIG_CHANNELS]; // taps of all frames that were committed
	struct entry log[LOG_MAX];
	unsigned n_log, read;
	unsigned takeovers, retired, aborted;
};

static bool chance(struct world *w, unsigned one_in)
{
	return random_below(&w->random, one_in) == 0;
}

static struct entry *append(struct world *w)
{
	cr_assert_lt(w->n_log, LOG_MAX);
	memset(&w->log[w->n_log], 0, sizeof(w->log[0]));
	return &w->log[w->n_log++];
}

static void read_entry(struct world *w, const struct entry *e)
{
	if (e->kind == TALLY)
		rig_send(w->rig, &e->tally);
	else if (e->kind == REPORT)
		rig_say(w->rig, &e->report);
	else if (e->kind == DELETED)
		rig_delete(w->rig, e->tally.channel, &e->tally.source);
}

static void read_log(struct world *w, unsigned up_to)
{
	for (; w->read < up_to; w->read++)
		read_entry(w, &w->log[w->read]);
}

static void tap(struct world *w)
{
	struct ingest *node = &w->nodes[random_below(&w->random, NODES)];
	unsigned channel = random_below(&w->random, RIG_CHANNELS);
	unsigned reaction = random_below(&w->random, RIG_REACTIONS);
	unsigned n = 1 + random_below(&w->random, 1000);

	node->counts[channel][reaction] += n;
	node->moved[channel] = true;
	w->tapped[channel][reaction] += n;
}

/* Its tallies, in any order, some twice, and its report. */
static void publish(struct world *w, struct ingest *node)
{
	unsigned first = random_below(&w->random, RIG_CHANNELS);

	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		unsigned channel = (first + i) % RIG_CHANNELS;

		if (!node->moved[channel])
			continue;
		node->moved[channel] = false;
		for (unsigned copies = chance(w, 5) ? 2 : 1; copies > 0; copies--)
			append(w)->tally = rig_tally(node->name, node->generation,
				(uint16_t)channel, w->now, node->counts[channel]);
	}
	struct entry *e = append(w);
	*e = (struct entry){.kind = REPORT,
		.report = {.generation = node->generation,
			.window = w->now / 1000,
			.ends = w->now,
			.window_ms = RIG_WINDOW}};
	memcpy(e->report.node, node->name, sizeof(node->name));
}

/* All of its arena has been published; it goes on with an empty one. */
static void lose_arena(struct world *w, struct ingest *node)
{
	publish(w, node);
	node->generation = ++w->generations;
	memset(node->counts, 0, sizeof(node->counts));
}

/* A record of before is read once more. */
static void repeat(struct world *w)
{
	if (w->read > 0)
		read_entry(w, &w->log[random_below(&w->random, w->read)]);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
	if (a->kind == COMPACTED || b->kind == COMPACTED ||
		(a->kind == REPORT) != (b->kind == REPORT))
		return false;
	if (a->kind == REPORT)
		return strcmp(a->report.node, b->report.node) == 0;
	return a->tally.channel == b->tally.channel &&
	       a->tally.source.generation == b->tally.source.generation;
}

/* Some of those that newer ones replace are gone, and so are some deletions that replaced all. */
static void compact(struct world *w)
{
	for (unsigned i = 0; i < w->n_log; i++) {
		bool newest = true, oldest = true;

		for (unsigned k = 0; k < w->n_log; k++) {
			if (k != i && same_key(&w->log[i], &w->log[k])) {
				newest &= k < i;
				oldest &= k > i;
			}
		}
		if ((!newest || (oldest && w->log[i].kind == DELETED)) && chance(w, 2))
			w->log[i].kind = COMPACTED;
	}
	unsigned n = 0, read = 0;
	for (unsigned i = 0; i < w->n_log; i++) {
		if (w->log[i].kind == COMPACTED)
			continue;
		w->log[n] = w->log[i];
		n++;
		read += i < w->read;
	}
	w->n_log = n;
	w->read = read;
}

static void commit(struct world *w)
{
	struct rig *rig = w->rig;

	rig_commit(rig);
	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		if (rig->frames[i].seen == 0)
			continue;
		w->shown[i] += rig->frames[i].frame.taps;
		cr_assert_eq(rig->frames[i].frame.total, w->shown[i], "channel %u", i);
	}
	for (unsigned i = 0; i < rig->n_retired; i++) {
		struct entry *e = append(w);

		e->kind = DELETED;
		e->tally.channel = rig->retired[i].channel;
		e->tally.source = rig->retired[i].source;
		w->retired++;
	}
}

static void take_over(struct world *w)
{
	rig_take_over(w->rig);
	w->read = 0;
	read_log(w, w->n_log);
	partition_begin(w->rig->p, w->now);
	w->takeovers++;
}

static void end_window(struct world *w)
{
	w->now += RIG_WINDOW;
	for (unsigned i = 0; i < NODES; i++) {
		if (!chance(w, 6))
			publish(w, &w->nodes[i]);
	}
	read_log(w, w->read + random_below(&w->random, w->n_log - w->read + 1));
	rig_close(w->rig, w->now + RIG_DEADLINE);
	if (chance(w, 8)) {
		partition_abort(w->rig->p);
		w->aborted++;
	} else if (chance(w, 20)) {
		take_over(w);
	} else {
		commit(w);
	}
}

static void step(struct world *w)
{
	unsigned what = random_below(&w->random, 100);

	if (what < 60)
		tap(w);
	else if (what < 90)
		end_window(w);
	else if (what < 94)
		repeat(w);
	else if (what < 96)
		take_over(w);
	else if (what == 96)
		lose_arena(w, &w->nodes[random_below(&w->random, NODES)]);
	else if (w->n_log > LOG_MAX / 2 || what == 97)
		compact(w);
}

static void settle(struct world *w)
{
	for (unsigned i = 0; i < NODES; i++)
		publish(w, &w->nodes[i]);
	read_log(w, w->n_log);
	w->now += RIG_WINDOW;
	rig_close(w->rig, w->now + RIG_DEADLINE);
	commit(w);
}

static void compare(const struct world *w)
{
	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		for (unsigned r = 0; r < RIG_REACTIONS; r++)
			cr_assert_eq(w->rig->topic[i].record.merged[r], w->tapped[i][r],
				"channel %u, reaction %u: %lu of %lu", i, r,
				(unsigned long)w->rig->topic[i].record.merged[r],
				(unsigned long)w->tapped[i][r]);
	}
}

Test(cluster_totals, are_what_was_tapped_whatever_happens_to_records_and_mergers)
{
	static struct world w;

	w.random = seeded_random_new("cluster_totals");
	w.rig = rig_new();
	w.now = RIG_START;
	for (unsigned i = 0; i < NODES; i++) {
		w.nodes[i].generation = ++w.generations;
		snprintf(w.nodes[i].name, sizeof(w.nodes[i].name), "n%u", i);
	}
	partition_begin(w.rig->p, w.now);
	for (unsigned i = 1; i <= STEPS; i++) {
		step(&w);
		if (i % 400 != 0)
			continue;
		settle(&w);
		compare(&w);
	}
	cr_assert_gt(w.takeovers, 20);
	cr_assert_gt(w.aborted, 20);
	cr_assert_gt(w.retired, 20, "%u", w.retired);
	rig_free(w.rig);
}
