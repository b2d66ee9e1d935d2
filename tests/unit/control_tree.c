/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Windows of a tree of channels: a parent has what itself and all below it have, against sums as
 * plain as can be, whatever moves, closes and starts anew meanwhile. Who counted and in which order
 * changes nothing, and totals never fall.
 */

#include "control/reactor_count.h"
#include "control/windows.h"
#include "dataplane/moved.h"
#include "seeded_random.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <string.h>

enum { WORKERS = 3, CHANNELS = 24, STRIDE = 8, NONE = -1 };

/* What should come of it, by channel. */
struct crowd {
	int parent[CHANNELS];
	uint64_t taps[CHANNELS][STRIDE]; // own, of this window
	uint64_t all[STRIDE];            // of a subtree, when it was asked for
	uint64_t total[CHANNELS];
	uint64_t counted[CHANNELS][STRIDE]; // of all windows
};

static struct store_rig rig;
static struct windows windows;
static struct config_channel channels[CHANNELS];
static unsigned parents[CHANNELS];
static const double weights[WIRE_REACTIONS_MAX] = {[1] = 0.5, [2] = -1, [7] = 0.25};
static const struct mood_rules rules = {.weights = weights,
	.half_life_s = 60,
	.surge_begins = 3,
	.surge_ends = 1.5,
	.surge_taps = 20};

static void start(void)
{
	store_rig_open(&rig);
	for (uint16_t channel = 0; channel < CHANNELS; channel++)
		store_open_row(&rig.store, channel);
	memset(&windows, 0, sizeof(windows));
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	for (unsigned i = 0; i < CHANNELS; i++)
		channels[i].id = i;
}

static void stop(void)
{
	windows_free(&windows);
	store_rig_close(&rig);
}

static void set_up(void)
{
	store_rig_init(&rig, WORKERS, CHANNELS + 1, STRIDE);
	start();
}

static void tear_down(void)
{
	windows_free(&windows);
	store_rig_remove(&rig);
}

TestSuite(control_tree, .init = set_up, .fini = tear_down);

static unsigned row_of(unsigned channel)
{
	unsigned row = 0;

	while (rig.store.row_table[row].channel != channel)
		row++;
	return row;
}

static void tap(struct crowd *c, unsigned worker, unsigned channel, unsigned reaction, uint64_t n)
{
	unsigned row = row_of(channel);

	store_row_tallies(&rig.store, worker, row)[reaction] += n;
	moved_mark(merge_marks(&windows.merge, worker), row);
	c->taps[channel][reaction] += n;
}

static void set_parents(struct crowd *c, const int *parent)
{
	for (unsigned i = 0; i < CHANNELS; i++) {
		c->parent[i] = parent[i];
		parents[i] = (unsigned)parent[i];
		channels[i].parent = parent[i] != NONE ? &parents[i] : NULL;
	}
	windows_set_parents(&windows, channels, CHANNELS);
}

static bool is_below(const struct crowd *c, int channel, int ancestor)
{
	while (channel != NONE && channel != ancestor)
		channel = c->parent[channel];
	return channel == ancestor;
}

/* Also puts the counts of the subtree in c->all. */
static uint64_t sum_below(struct crowd *c, unsigned channel)
{
	uint64_t taps = 0;

	memset(c->all, 0, sizeof(c->all));
	for (unsigned i = 0; i < CHANNELS; i++) {
		for (unsigned r = 0; is_below(c, (int)i, (int)channel) && r < STRIDE; r++) {
			c->all[r] += c->taps[i][r];
			taps += c->taps[i][r];
		}
	}
	return taps;
}

/* What the channel has had in all, reaction by reaction, when c->all is of this window. */
static void expect_counted(struct crowd *c, unsigned channel)
{
	uint64_t counted[STRIDE];

	windows_counted(&windows, row_of(channel), counted);
	for (unsigned r = 0; r < STRIDE; r++) {
		c->counted[channel][r] += c->all[r];
		cr_expect_eq(
			counted[r], c->counted[channel][r], "channel %u, reaction %u", channel, r);
	}
}

static void expect_frame(struct crowd *c, unsigned channel)
{
	const struct frame *f = &windows.last[row_of(channel)];
	uint64_t taps = sum_below(c, channel);
	double score = 0;

	c->total[channel] += taps;
	expect_counted(c, channel);
	cr_expect_eq(f->channel, channel);
	cr_expect_eq(f->taps, taps, "channel %u: %u instead of %lu", channel, f->taps,
		(unsigned long)taps);
	cr_expect_eq(f->total, c->total[channel], "channel %u", channel);
	for (unsigned i = 0; i < f->n; i++) {
		cr_expect_eq(f->entries[i].count, c->all[f->entries[i].reaction]);
		c->all[f->entries[i].reaction] = 0;
		score += weights[f->entries[i].reaction] * f->entries[i].count;
	}
	for (unsigned r = 0; r < STRIDE; r++)
		cr_expect_eq(c->all[r], 0, "channel %u, reaction %u", channel, r);
	score = taps > 0 ? score / (double)taps * FRAME_SHARE_ONE : 0;
	cr_expect(f->score > score - 1 && f->score < score + 1);
}

static void close_and_expect(struct crowd *c)
{
	uint64_t own = 0;

	windows_close(&windows, (struct window_span){.ends_ms = 2000, .length_ms = 2000});
	for (unsigned i = 0; i < CHANNELS; i++) {
		expect_frame(c, i);
		for (unsigned r = 0; r < STRIDE; r++)
			own += c->taps[i][r];
	}
	cr_expect_eq(windows.taps, own, "each tap once, whatever the tree");
	memset(c->taps, 0, sizeof(c->taps));
}

/* 0 over 1 over 2, and 3 below 0. */
static const int small[CHANNELS] = {NONE, 0, 1, 0, [4 ... CHANNELS - 1] = NONE};

Test(control_tree, a_parent_has_its_own_taps_and_those_below)
{
	struct crowd c = {0};

	set_parents(&c, small);
	tap(&c, 0, 0, 1, 5);
	tap(&c, 1, 1, 1, 10);
	tap(&c, 2, 2, 2, 20);
	tap(&c, 0, 3, 7, 40);
	tap(&c, 0, 4, 3, 80);
	close_and_expect(&c);
	cr_expect_eq(windows.last[0].taps, 75);
	cr_expect_eq(windows.last[1].taps, 30);
	cr_expect_eq(windows.last[2].taps, 20);
	cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, 155);
	tap(&c, 0, 2, 3, 1);
	close_and_expect(&c);
	cr_expect_eq(windows.last[0].taps, 1);
	cr_expect_eq(windows.last[0].total, 76);
	close_and_expect(&c);
	cr_expect_eq(windows.last[0].taps, 0);
	cr_expect_eq(windows.last[0].total, 76);
}

/* One who is in two of its channels is one person. */
Test(control_tree, people_of_a_parent_are_counted_once)
{
	struct crowd c = {0};
	struct reactors worker[2];

	set_parents(&c, small);
	for (unsigned w = 0; w < 2; w++) {
		worker[w] = (struct reactors){.head = rig.store.reactors_head,
			.rows = store_row_reactors(&rig.store, w, 0)};
		reactors_begin(&worker[w]);
		for (uint64_t session = 1; session <= 40; session++) {
			tap(&c, w, 1 + w, 1, 1);
			reactors_note(&worker[w], 1 + w,
				reactors_hash(rig.store.reactors_head, session + 20 * w));
		}
		reactors_end(&worker[w]);
	}
	close_and_expect(&c);
	cr_expect(windows.last[2].reactors >= 38 && windows.last[2].reactors <= 40);
	cr_expect(windows.last[1].reactors >= 57 && windows.last[1].reactors <= 63, "%u",
		windows.last[1].reactors);
	cr_expect_eq(windows.last[0].reactors, windows.last[1].reactors);
	cr_expect_eq(windows.last[3].reactors, 0);
}

/* For others who merge them with theirs: the registers that the frame's estimate was made from. */
Test(control_tree, who_reacted_is_kept_if_that_is_asked_for)
{
	struct crowd c = {0};
	struct reactors worker = {
		.head = rig.store.reactors_head, .rows = store_row_reactors(&rig.store, 0, 0)};

	cr_assert_eq(windows_keep_people(&windows), 0);
	set_parents(&c, small);
	reactors_begin(&worker);
	for (uint64_t session = 1; session <= 40; session++) {
		tap(&c, 0, 2, 1, 1);
		reactors_note(&worker, 2, reactors_hash(rig.store.reactors_head, session));
	}
	reactors_end(&worker);
	close_and_expect(&c);
	for (unsigned channel = 0; channel < 3; channel++)
		cr_expect_eq(reactor_count_estimate(&windows.people[row_of(channel)], 40),
			windows.last[row_of(channel)].reactors);
	cr_expect_eq(hyperloglog_estimate(&windows.people[row_of(3)]), 0);
}

Test(control_tree, the_last_taps_of_a_closed_channel_come_to_its_parent)
{
	const struct config_channel rest[] = {{.id = 0}};
	struct crowd c = {0};

	set_parents(&c, small);
	tap(&c, 0, 2, 1, 5);
	store_close_others(&rig.store, rest, 1);
	windows_set_parents(&windows, rest, 1);
	close_and_expect(&c);
	tap(&c, 0, 2, 1, 5);
	cr_expect_eq(windows.last[0].taps, 5);

	/* Also if that was before the start that no longer knows the channel. */
	stop();
	store_rig_open(&rig);
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	windows_set_parents(&windows, rest, 1);
	close_and_expect(&c);
	cr_expect_eq(windows.last[0].taps, 5);
	cr_expect_eq(windows.last[0].total, 10);
}

Test(control_tree, what_a_parent_has_shown_stays_when_a_child_moves)
{
	int parent[CHANNELS];
	struct crowd c = {0};

	memcpy(parent, small, sizeof(parent));
	set_parents(&c, parent);
	tap(&c, 0, 2, 1, 5);
	close_and_expect(&c);
	parent[2] = 3;
	set_parents(&c, parent);
	tap(&c, 0, 2, 1, 7);
	close_and_expect(&c);
	cr_expect_eq(windows.last[1].total, 5);
	cr_expect_eq(windows.last[3].total, 7);
	cr_expect_eq(windows.last[0].total, 12);
}

Test(control_tree, a_row_that_is_opened_later_is_in_the_next_window)
{
	struct crowd c = {0};

	set_parents(&c, small);
	close_and_expect(&c);
	int row = store_open_row(&rig.store, 1000);
	cr_assert_geq(row, 0);
	store_row_tallies(&rig.store, 0, (unsigned)row)[1] = 9;
	moved_mark(merge_marks(&windows.merge, 0), (unsigned)row);
	windows_close(&windows, (struct window_span){.ends_ms = 2000, .length_ms = 2000});
	cr_expect_eq(windows.last[row].taps, 9);
	cr_expect_eq(windows.taps, 9);
}

/* A kill between two of the stores that set parents may leave anything in the arena. */
Test(control_tree, parents_that_go_round_lose_no_tap)
{
	struct crowd c = {0};

	for (unsigned i = 0; i < 3; i++)
		rig.store.row_table[i].parent_plus_1 = (uint16_t)((i + 1) % 3 + 1);
	rig.store.row_table[3].parent_plus_1 = 3 + 1;
	rig.store.row_table[4].parent_plus_1 = 60000;
	for (unsigned i = 0; i < CHANNELS; i++)
		tap(&c, 0, i, 1, 1 + i);
	windows_close(&windows, (struct window_span){.ends_ms = 2000, .length_ms = 2000});
	cr_expect_eq(windows.taps, CHANNELS * (CHANNELS + 1) / 2);
	cr_expect_eq(windows.last[3].taps, 4);
	cr_expect_eq(windows.last[4].taps, 5);
}

/* A chain of all of them is as deep as can be. */
Test(control_tree, it_may_be_as_deep_as_there_are_channels)
{
	int parent[CHANNELS];
	struct crowd c = {0};

	for (int i = 0; i < CHANNELS; i++)
		parent[i] = i < CHANNELS - 1 ? i + 1 : NONE;
	set_parents(&c, parent);
	for (unsigned i = 0; i < CHANNELS; i++)
		tap(&c, i % WORKERS, i, i % STRIDE, 1 + i);
	close_and_expect(&c);
	cr_expect_eq(windows.last[CHANNELS - 1].taps, CHANNELS * (CHANNELS + 1) / 2);
}

/* Over channels in a random order, each below one before it or none: always a tree. */
static void grow(struct seeded_random *r, struct crowd *c)
{
	int order[CHANNELS], parent[CHANNELS];

	for (unsigned i = 0; i < CHANNELS; i++) {
		unsigned at = random_below(r, i + 1);

		order[i] = order[at];
		order[at] = (int)i;
	}
	for (unsigned i = 0; i < CHANNELS; i++)
		parent[order[i]] =
			i > 0 && random_below(r, 4) > 0 ? order[random_below(r, i)] : NONE;
	set_parents(c, parent);
}

static void restart(struct seeded_random *r)
{
	stop();
	rig.config.ports[0].queues = 1 + random_below(r, 2 * WORKERS);
	rig.config.arena_channels = CHANNELS + random_below(r, 3);
	start();
}

Test(control_tree, any_moves_and_starts_add_up_and_no_total_falls)
{
	struct seeded_random r = seeded_random_new("control_tree");
	struct crowd c = {0};

	for (unsigned window = 0; window < 400; window++) {
		if (random_below(&r, 10) == 0)
			restart(&r);
		if (random_below(&r, 4) == 0 || window == 0)
			grow(&r, &c);
		else
			set_parents(&c, c.parent);
		for (unsigned n = random_below(&r, 3) * random_below(&r, 40); n > 0; n--)
			tap(&c, random_below(&r, rig.store.workers), random_below(&r, CHANNELS),
				random_below(&r, STRIDE), 1 + random_below(&r, 255));
		close_and_expect(&c);
	}
}

enum { DEALS = 300 };

/* The same taps, dealt to so many workers in an order of its own; what the frames were of that. */
static void deal(unsigned workers, uint64_t seed, struct frame frames[CHANNELS])
{
	struct seeded_random r = {seed};
	unsigned order[DEALS];
	struct crowd c = {0};

	tear_down();
	store_rig_init(&rig, workers, CHANNELS, STRIDE);
	start();
	set_parents(&c, small);
	for (unsigned i = 0; i < DEALS; i++) {
		unsigned at = random_below(&r, i + 1);

		order[i] = order[at];
		order[at] = i;
	}
	for (unsigned i = 0; i < DEALS; i++)
		tap(&c, random_below(&r, workers), order[i] % 5, order[i] * 7 % STRIDE,
			1 + order[i] % 9);
	close_and_expect(&c);
	memcpy(frames, windows.last, CHANNELS * sizeof(*frames));
}

Test(control_tree, who_counted_and_in_which_order_changes_nothing)
{
	struct frame expected[CHANNELS], got[CHANNELS];

	deal(1, 1, expected);
	for (unsigned i = 2; i <= 9; i++) {
		deal(i, i, got);
		for (unsigned j = 0; j < CHANNELS; j++) {
			got[j].window = expected[j].window;
			cr_expect_eq(memcmp(&got[j], &expected[j], sizeof(got[j])), 0,
				"%u workers, channel %u", i, j);
		}
	}
}
