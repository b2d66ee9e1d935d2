/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * When windows of a partition close, what their frames say, and who is waited for.
 */

#include "partition_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define END(n) (RIG_START + (n) * (uint64_t)RIG_WINDOW)

/* Two nodes that have reported a window, which is committed. */
static struct rig *rig_of_two(void)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	rig_report(rig, "a", 1, END(1));
	rig_report(rig, "b", 1, END(1));
	rig_window(rig, END(1));
	return rig;
}

Test(cluster_partition, nothing_is_due_before_all_was_read)
{
	struct rig *rig = rig_new();

	rig_taps(rig, "a", 1, END(0), 3);
	cr_assert_eq(partition_due(rig->p, END(5)), UINT64_MAX);
	rig_close(rig, END(5));
	cr_assert_eq(rig->frames[1].seen, 0);
	rig_free(rig);
}

Test(cluster_partition, a_window_closes_when_all_have_reported_it)
{
	struct rig *rig = rig_of_two();

	cr_assert_eq(partition_due(rig->p, END(1) + 10), END(2), "not before it has ended");
	rig_taps(rig, "a", 1, END(2), 3);
	rig_taps(rig, "b", 1, END(2), 4);
	rig_report(rig, "a", 1, END(2));
	cr_assert_eq(partition_due(rig->p, END(2) + 10), END(2) + RIG_DEADLINE);
	rig_report(rig, "b", 1, END(2));
	cr_assert_leq(partition_due(rig->p, END(2) + 10), END(2) + 10);
	rig_window(rig, END(2) + 10);
	const struct frame *f = &rig->topic[1].frame;
	cr_assert_eq(f->taps, 7);
	cr_assert_eq(f->total, 7);
	cr_assert_eq(f->ends, END(2));
	cr_assert_eq(f->window, END(2) / 1000);
	cr_assert_eq(f->length, RIG_WINDOW);
	cr_assert_eq(partition_due(rig->p, END(2) + 10), END(3));
	rig_free(rig);
}

Test(cluster_partition, every_open_channel_has_a_frame_though_nobody_taps)
{
	struct rig *rig = rig_of_two();

	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		cr_assert_eq(rig->frames[i].seen, 1, "channel %u", i);
		cr_assert(rig->frames[i].record.open);
		cr_assert_eq(rig->frames[i].frame.taps, 0);
	}
	rig_free(rig);
}

Test(cluster_partition, what_comes_after_the_deadline_is_in_the_next_window_and_counted_as_late)
{
	struct rig *rig = rig_of_two();
	struct partition_stats stats;

	rig_taps(rig, "a", 1, END(2), 3);
	rig_report(rig, "a", 1, END(2));
	cr_assert_leq(partition_due(rig->p, END(2) + RIG_DEADLINE), END(2) + RIG_DEADLINE);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 3);
	rig_taps(rig, "b", 1, END(2), 40);
	rig_report(rig, "b", 1, END(2));
	rig_report(rig, "b", 1, END(2));
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.late, 1, "a report that comes twice is late once");
	cr_assert_eq(rig->events[NODE_LATE], 1);
	cr_assert_str_eq(rig->node, "b");
	rig_window(rig, END(3) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 40);
	cr_assert_eq(rig->topic[1].frame.total, 43);
	rig_free(rig);
}

Test(cluster_partition, a_node_that_misses_windows_is_not_waited_for_any_more)
{
	struct rig *rig = rig_of_two();
	struct partition_stats stats;

	for (unsigned i = 2; i < 2 + RIG_MISSED; i++) {
		cr_assert_eq(rig->events[NODE_DROPPED], 0);
		rig_report(rig, "a", 1, END(i));
		cr_assert_eq(partition_due(rig->p, END(i)), END(i) + RIG_DEADLINE, "%u", i);
		rig_window(rig, END(i) + RIG_DEADLINE);
	}
	cr_assert_eq(rig->events[NODE_DROPPED], 1);
	cr_assert_str_eq(rig->node, "b");
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.nodes_live, 1);
	cr_assert_eq(stats.nodes_dropped, 1);
	rig_report(rig, "a", 1, END(5));
	cr_assert_leq(partition_due(rig->p, END(5)), END(5));
	rig_window(rig, END(5));
	unsigned joined = rig->events[NODE_JOINED];
	rig_report(rig, "b", 1, END(6));
	cr_assert_eq(rig->events[NODE_JOINED], joined + 1, "it is waited for again");
	cr_assert_eq(partition_due(rig->p, END(6)), END(6) + RIG_DEADLINE);
	rig_free(rig);
}

Test(cluster_partition, a_node_that_leaves_is_not_waited_for)
{
	struct rig *rig = rig_of_two();
	const struct record_report leaves = {.node = "b",
		.generation = 1,
		.ends = END(1) + 700,
		.window_ms = RIG_WINDOW,
		.leaves = true};
	struct partition_node nodes[4];

	rig_say(rig, &leaves);
	cr_assert_eq(rig->events[NODE_LEFT], 1);
	rig_report(rig, "a", 1, END(2));
	cr_assert_leq(partition_due(rig->p, END(2)), END(2));
	cr_assert_eq(partition_nodes(rig->p, nodes, 4), 2);
	cr_assert(nodes[1].left && !nodes[1].live);
	rig_free(rig);
}

Test(cluster_partition, a_window_that_could_not_be_published_is_in_the_next)
{
	struct rig *rig = rig_of_two();

	rig_taps(rig, "a", 1, END(2), 3);
	rig_close(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig->frames[1].frame.taps, 3);
	partition_abort(rig->p);
	cr_assert_eq(partition_due(rig->p, END(2) + RIG_DEADLINE), END(3), "not at once again");
	rig_taps(rig, "b", 1, END(3), 4);
	rig_window(rig, END(3) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 7);
	cr_assert_eq(rig->topic[1].frame.length, 2 * RIG_WINDOW, "for they are of both");
	rig_free(rig);
}

Test(cluster_partition, windows_that_were_slept_through_are_one)
{
	struct rig *rig = rig_of_two();

	rig_taps(rig, "a", 1, END(9), 9);
	cr_assert_eq(partition_due(rig->p, END(9) + 1), END(9) + RIG_DEADLINE,
		"the last one has its deadline as any other");
	rig_report(rig, "a", 1, END(9));
	rig_report(rig, "b", 1, END(9));
	cr_assert_leq(partition_due(rig->p, END(9) + 2), END(9) + 2);
	rig_window(rig, END(9) + 2);
	cr_assert_eq(rig->topic[1].frame.ends, END(9));
	cr_assert_eq(rig->topic[1].frame.length, 8 * RIG_WINDOW);
	cr_assert_eq(rig->topic[1].frame.taps, 9);
	rig_free(rig);
}

Test(cluster_partition, a_channel_that_is_no_longer_open_says_so_once)
{
	struct rig *rig = rig_of_two();

	rig->open[2] = false;
	partition_take_rules(rig->p, &rig->rules);
	rig_taps(rig, "a", 2, END(2), 5);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[2].frame.flags & FRAME_CLOSED, FRAME_CLOSED);
	cr_assert_eq(rig->topic[2].frame.taps, 5, "with its last taps");
	cr_assert_not(rig->topic[2].record.open);
	rig_window(rig, END(3) + RIG_DEADLINE);
	cr_assert_eq(rig->frames[2].seen, 0);
	rig_taps(rig, "a", 2, END(4), 8);
	rig_window(rig, END(4) + RIG_DEADLINE);
	cr_assert_eq(rig->frames[2].seen, 1, "what it grows by is kept");
	cr_assert_eq(rig->frames[2].record.binary_len, 0, "but nobody is shown it");
	rig->open[2] = true;
	rig_window(rig, END(5) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[2].frame.total, 8, "opened again it goes on with its total");
	cr_assert_eq(rig->topic[2].frame.flags & FRAME_CLOSED, 0);
	rig_free(rig);
}

Test(cluster_partition, what_reactions_mean_changes_with_a_reload)
{
	struct rig *rig = rig_of_two();
	double weights[WIRE_REACTIONS_MAX] = {-1};
	struct partition_rules rules = rig->rules;

	rig->weights[0] = 1;
	rig_taps(rig, "a", 1, END(2), 10);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.score, FRAME_SHARE_ONE);
	rules.mood.weights = weights;
	rules.merger = "merge-2";
	rules.window_ms = 1000;
	rules.deadline_ms = 250;
	partition_take_rules(rig->p, &rules);
	rig_taps(rig, "a", 1, END(2) + 1000, 20);
	cr_assert_eq(partition_due(rig->p, END(2) + RIG_DEADLINE), END(2) + 1000);
	rig_window(rig, END(2) + 1250);
	cr_assert_eq(rig->topic[1].frame.score, -FRAME_SHARE_ONE);
	cr_assert_eq(rig->topic[1].frame.length, 1000);
	cr_assert_eq(rig->topic[1].frame.total, 20);
	cr_assert_str_eq(rig->topic[1].record.merger, "merge-2");
	rig_free(rig);
}

Test(cluster_partition, other_windows_are_told_once)
{
	struct rig *rig = rig_of_two();
	struct record_report r = {
		.node = "b", .generation = 1, .ends = END(2), .window_ms = RIG_WINDOW / 2};

	rig_say(rig, &r);
	r.ends += RIG_WINDOW / 2;
	rig_say(rig, &r);
	cr_assert_eq(rig->events[NODE_WINDOWS_DIFFER], 1);
	rig_free(rig);
}

Test(cluster_partition, what_is_no_record_is_counted_and_changes_nothing)
{
	struct rig *rig = rig_of_two();
	struct partition_stats stats;

	partition_tallies_record(rig->p, "xyz", 3, "abc", 3);
	partition_tallies_record(rig->p, NULL, 0, NULL, 0);
	rig_taps(rig, "a", 1, END(2), UINT64_MAX);
	rig_taps(rig, "b", 1, END(2), UINT64_MAX);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.malformed, 3, "the sum does not begin again at 0");
	cr_assert_eq(rig->events[RECORD_MALFORMED], 3);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig_merged(rig, 1), UINT64_MAX);
	rig_free(rig);
}

Test(cluster_partition, a_channel_of_another_partition_is_refused)
{
	struct rig *rig = rig_new();
	struct partition *p;
	struct partition_stats stats;
	const struct partition_watch watch = {0};

	cr_assert_eq(partition_make(&p, 1, 4, &rig->rules, &watch), 0);
	partition_free(rig->p);
	rig->p = p;
	rig_taps(rig, "a", 1, END(1), 1);
	rig_taps(rig, "a", 5, END(1), 1);
	rig_taps(rig, "a", 2, END(1), 1);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.channels, 2);
	cr_assert_eq(stats.malformed, 1);
	rig_free(rig);
}

Test(cluster_partition, names_have_a_bound)
{
	struct rig *rig = rig_of_two();
	struct partition_stats stats;
	char name[16];

	for (unsigned i = 0; i < PARTITION_NODES_MAX; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		rig_report(rig, name, 1, END(2));
	}
	cr_assert_eq(rig->events[NODES_TOO_MANY], 2);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.nodes_live, PARTITION_NODES_MAX);
	rig_free(rig);
}
