/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a merger that takes a partition over goes on with; sources that are retired; people.
 */

#include "partition_rig.h"

#include <criterion/criterion.h>
#include <string.h>

#define END(n) (RIG_START + (n) * (uint64_t)RIG_WINDOW)

/* Taps of channel 1 in window n, whose tally the successor reads as well. */
static void tap_window(struct rig *rig, unsigned n, uint64_t cumulative)
{
	rig_taps(rig, "a", 1, END(n), cumulative);
	rig_report(rig, "a", 1, END(n));
	rig_window(rig, END(n));
}

Test(cluster_takeover, the_successor_shows_what_was_not_committed_and_no_more)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	tap_window(rig, 1, 100);
	rig_taps(rig, "a", 1, END(2), 130);
	rig_close(rig, END(2) + RIG_DEADLINE); // and dies
	rig_take_over(rig);
	rig_taps(rig, "a", 1, END(2), 130);
	rig_report(rig, "a", 1, END(2));
	partition_begin(rig->p, END(2) + 900);
	rig_window(rig, END(2) + 900);
	cr_assert_eq(rig->topic[1].frame.ends, END(2));
	cr_assert_eq(rig->topic[1].frame.taps, 30);
	cr_assert_eq(rig->topic[1].frame.total, 130);
	rig_free(rig);
}

Test(cluster_takeover, a_window_is_not_shown_again)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	tap_window(rig, 1, 100);
	rig_take_over(rig);
	rig_taps(rig, "a", 1, END(1), 100);
	rig_report(rig, "a", 1, END(1));
	partition_begin(rig->p, END(1) + 900);
	cr_assert_eq(partition_due(rig->p, END(1) + 900), END(2));
	rig_free(rig);
}

Test(cluster_takeover, a_surge_and_the_usual_rate_outlive_the_merger)
{
	struct rig *rig = rig_new(), *other = rig_new();
	uint64_t n = 0;

	partition_begin(rig->p, END(0));
	partition_begin(other->p, END(0));
	for (unsigned i = 1; i < 30; i++) {
		n += i < 20 ? 100 : 2000;
		tap_window(rig, i, n);
		tap_window(other, i, n);
		if (i % 7 != 0)
			continue;
		rig_take_over(rig);
		rig_taps(rig, "a", 1, END(i), n);
		rig_report(rig, "a", 1, END(i));
		partition_begin(rig->p, END(i) + 900);
	}
	cr_assert(rig->topic[1].frame.flags & FRAME_SURGE);
	cr_assert_eq(rig->topic[1].frame.intensity, other->topic[1].frame.intensity);
	cr_assert_eq(rig->topic[1].frame.length, other->topic[1].frame.length);
	rig_free(rig);
	rig_free(other);
}

Test(cluster_takeover, numbers_of_windows_go_on_though_our_clock_is_behind)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	tap_window(rig, 10, 100);
	rig_take_over(rig);
	partition_begin(rig->p, END(8));
	cr_assert_eq(partition_due(rig->p, END(8)), END(11));
	rig_window(rig, END(9));
	cr_assert_eq(rig->frames[1].seen, 0);
	rig_window(rig, END(11));
	cr_assert_eq(rig->topic[1].frame.window, END(11) / 1000);
	rig_free(rig);
}

Test(cluster_takeover, a_clock_that_was_far_ahead_stops_nothing)
{
	struct rig *rig = rig_new();
	struct partition_stats stats;

	partition_begin(rig->p, END(0));
	tap_window(rig, 100000, 100);
	rig_take_over(rig);
	rig_taps(rig, "a", 1, END(5), 104);
	partition_begin(rig->p, END(5));
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.malformed, 1);
	rig_window(rig, END(5) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 4);
	rig_free(rig);
}

Test(cluster_takeover, our_own_clock_set_far_back_stops_nothing)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(100000));
	tap_window(rig, 100001, 100);
	rig_taps(rig, "a", 1, END(5), 104);
	cr_assert_eq(partition_due(rig->p, END(5) + RIG_DEADLINE), END(5) + RIG_DEADLINE);
	rig_window(rig, END(5) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.ends, END(5));
	cr_assert_eq(rig->topic[1].frame.taps, 4);
	cr_assert_eq(rig->topic[1].frame.length, RIG_WINDOW);
	cr_assert_gt(partition_due(rig->p, END(5) + RIG_DEADLINE), END(5) + RIG_DEADLINE);
	rig_free(rig);
}

Test(cluster_takeover, nodes_that_were_dropped_are_not_waited_for)
{
	struct rig *rig = rig_new();

	rig_report(rig, "gone", 1, END(0));
	rig_report(rig, "a", 1, END(8));
	partition_begin(rig->p, END(8));
	rig_report(rig, "a", 1, END(9));
	cr_assert_leq(partition_due(rig->p, END(9)), END(9));
	cr_assert_eq(rig->events[NODE_DROPPED] + rig->events[NODE_JOINED], 0, "all old news");
	rig_free(rig);
}

Test(cluster_takeover, totals_do_not_fall_when_tallies_are_gone)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	tap_window(rig, 1, 100);
	rig_take_over(rig); // the topic was made anew
	partition_begin(rig->p, END(2));
	rig_window(rig, END(2));
	cr_assert_eq(rig->topic[1].frame.total, 100);
	tap_window(rig, 3, 130); // what the node has is cumulative
	cr_assert_eq(rig->topic[1].frame.taps, 30);
	cr_assert_eq(rig->topic[1].frame.total, 130);
	rig_free(rig);
}

Test(cluster_takeover, what_is_no_frame_is_counted)
{
	struct rig *rig = rig_new();
	struct partition_stats stats;
	const uint8_t catalogue[] = {0xff, 0xff};

	partition_frames_record(rig->p, "\0\1", 2, "abc", 3);
	partition_frames_record(rig->p, "\0\1", 2, NULL, 0);
	partition_frames_record(rig->p, catalogue, 2, "{}", 2);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.malformed, 1);
	rig_free(rig);
}

/* Node a had arena 1 and reports from arena 2 for as long as it takes, but for one window. */
static struct rig *rig_of_two_arenas(void)
{
	struct rig *rig = rig_new();
	const uint64_t counts[RIG_REACTIONS] = {7, 2};
	const struct record_tally t = rig_tally("a", 2, 1, END(2), counts);

	partition_begin(rig->p, END(0));
	tap_window(rig, 1, 100);
	rig_send(rig, &t);
	for (unsigned i = 2; END(i) < END(2) + RIG_RETIRE; i++) {
		rig_report(rig, "a", 2, END(i));
		rig_window(rig, END(i));
		cr_assert_eq(rig->n_retired, 0, "%u", i);
	}
	return rig;
}

#define RETIRES (END(2) + RIG_RETIRE)

Test(cluster_retired, counts_of_an_arena_that_is_no_more_stay)
{
	struct rig *rig = rig_of_two_arenas();
	struct partition_stats stats;

	rig_report(rig, "a", 2, RETIRES);
	rig_window(rig, RETIRES);
	cr_assert_eq(rig->n_retired, 1);
	cr_assert_eq(rig->retired[0].channel, 1);
	cr_assert_eq(rig->retired[0].source.generation, 1);
	cr_assert_str_eq(rig->retired[0].source.node, "a");
	cr_assert_eq(rig->topic[1].record.retired[0], 100);
	cr_assert_eq(rig_merged(rig, 1), 109);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.sources, 1);
	rig_report(rig, "a", 2, RETIRES + RIG_WINDOW);
	rig_window(rig, RETIRES + RIG_WINDOW);
	cr_assert_eq(rig->n_retired, 0, "once");
	cr_assert_eq(rig_merged(rig, 1), 109);
	rig_free(rig);
}

Test(cluster_retired, it_is_retired_again_if_it_was_not_committed)
{
	struct rig *rig = rig_of_two_arenas();

	rig_report(rig, "a", 2, RETIRES);
	rig_close(rig, RETIRES);
	cr_assert_eq(rig->n_retired, 1);
	partition_abort(rig->p);
	rig_report(rig, "a", 2, RETIRES + RIG_WINDOW);
	rig_window(rig, RETIRES + RIG_WINDOW);
	cr_assert_eq(rig->n_retired, 1);
	cr_assert_eq(rig_merged(rig, 1), 109);
	rig_free(rig);
}

Test(cluster_retired, whoever_speaks_again_is_not_counted_twice)
{
	struct rig *rig = rig_of_two_arenas();
	struct partition_stats stats;

	rig_report(rig, "a", 2, RETIRES);
	rig_window(rig, RETIRES);
	rig_taps(rig, "a", 1, RETIRES, 101);
	cr_assert_eq(rig->events[SOURCE_RETIRED_SPEAKS], 1);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.retired_refused, 1);
	rig_report(rig, "a", 2, RETIRES + RIG_WINDOW);
	rig_window(rig, RETIRES + RIG_WINDOW);
	cr_assert_eq(rig_merged(rig, 1), 109);
	rig_free(rig);
}

Test(cluster_retired, a_successor_that_reads_its_tallies_and_their_deletion_counts_it_once)
{
	struct rig *rig = rig_of_two_arenas();
	struct partition_stats stats;
	const uint64_t counts[RIG_REACTIONS] = {8, 2};

	rig_report(rig, "a", 2, RETIRES);
	rig_window(rig, RETIRES);
	rig_take_over(rig);
	rig_taps(rig, "a", 1, END(1), 100); // not compacted yet
	const struct record_tally t = rig_tally("a", 2, 1, RETIRES, counts);
	rig_send(rig, &t);
	rig_delete(rig, 1, &rig->retired[0].source);
	rig_report(rig, "a", 2, RETIRES + RIG_WINDOW);
	partition_begin(rig->p, RETIRES + RIG_WINDOW);
	rig_window(rig, RETIRES + RIG_WINDOW);
	cr_assert_eq(rig_merged(rig, 1), 110);
	cr_assert_eq(rig->topic[1].frame.taps, 1);
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.retired_refused, 0, "what is old is no offence");
	rig_free(rig);
}

Test(cluster_retired, nothing_while_both_arenas_speak)
{
	struct rig *rig = rig_of_two_arenas();

	for (unsigned i = 0; i < 40; i++) {
		rig_report(rig, "a", 1 + i % 2, RETIRES + i * RIG_WINDOW);
		rig_window(rig, RETIRES + i * RIG_WINDOW);
		cr_assert_eq(rig->n_retired, 0);
	}
	rig_free(rig);
}

Test(cluster_retired, an_arena_whose_first_report_is_still_to_come_is_not_one_of_before)
{
	struct rig *rig = rig_of_two_arenas();
	const uint64_t counts[RIG_REACTIONS] = {5};
	const struct record_tally t = rig_tally("a", 3, 1, RETIRES + RIG_WINDOW, counts);

	rig_report(rig, "a", 2, RETIRES);
	rig_send(rig, &t);
	rig_window(rig, RETIRES + RIG_WINDOW + RIG_DEADLINE);
	cr_assert_eq(rig->n_retired, 1);
	cr_assert_eq(rig->retired[0].source.generation, 1);
	rig_free(rig);
}

Test(cluster_retired, more_arenas_than_are_remembered_change_no_total)
{
	struct rig *rig = rig_new();
	enum { ARENAS = 3 * RECORD_RETIRED_MAX };
	unsigned n = 0;

	partition_begin(rig->p, END(0));
	for (unsigned i = 1; i <= ARENAS; i++) {
		const uint64_t counts[RIG_REACTIONS] = {i};
		const struct record_tally t = rig_tally("a", i, 1, END(1), counts);

		rig_send(rig, &t);
	}
	for (uint64_t now = END(1); now < END(6) + RIG_RETIRE; now += RIG_WINDOW) {
		rig_report(rig, "a", ARENAS, now);
		rig_window(rig, now);
		n += rig->n_retired;
	}
	cr_assert_eq(n, ARENAS - 1);
	cr_assert_eq(rig->topic[1].record.n_sources, RECORD_RETIRED_MAX);
	cr_assert_eq(rig->topic[1].record.sources[RECORD_RETIRED_MAX - 1].generation != 0, true);
	cr_assert_eq(rig_merged(rig, 1), ARENAS * (ARENAS + 1) / 2);
	rig_free(rig);
}

/* Two registers a person would do; places of their own make them different people. */
static void send_people(struct rig *rig, const char *node, uint64_t ends, uint64_t n,
	unsigned first, unsigned people)
{
	const uint64_t counts[RIG_REACTIONS] = {n};
	struct record_tally t = rig_tally(node, 1, 1, ends, counts);

	t.has_people = true;
	for (unsigned i = first; i < first + people; i++)
		t.people.registers[i / REACTORS_IN_LINE][i % REACTORS_IN_LINE] = 1;
	rig_send(rig, &t);
}

Test(cluster_people, of_all_nodes_once_and_in_their_window)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	rig_report(rig, "a", 1, END(1));
	rig_report(rig, "b", 1, END(1));
	rig_window(rig, END(1));
	send_people(rig, "a", END(2), 50, 0, 20);
	send_people(rig, "a", END(3), 90, 100, 10); // is ahead
	send_people(rig, "b", END(2), 50, 10, 20);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_geq(rig->topic[1].frame.reactors, 29);
	cr_assert_leq(rig->topic[1].frame.reactors, 31, "%u", rig->topic[1].frame.reactors);
	send_people(rig, "b", END(3), 80, 105, 10);
	send_people(rig, "b", END(3), 80, 105, 10);
	rig_window(rig, END(3) + RIG_DEADLINE);
	cr_assert_geq(rig->topic[1].frame.reactors, 14);
	cr_assert_leq(rig->topic[1].frame.reactors, 16, "%u", rig->topic[1].frame.reactors);
	rig_window(rig, END(4) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.reactors, 0);
	rig_free(rig);
}

Test(cluster_people, whose_taps_are_late_are_in_the_window_of_the_taps)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	rig_window(rig, END(1));
	rig_window(rig, END(2));
	send_people(rig, "a", END(2), 50, 0, 20);
	rig_window(rig, END(3) + RIG_DEADLINE);
	cr_assert_geq(rig->topic[1].frame.reactors, 19);
	send_people(rig, "a", END(2), 50, 0, 20); // once more: nobody has tapped
	rig_taps(rig, "a", 1, END(4), 60);
	rig_window(rig, END(4) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 10);
	cr_assert_eq(rig->topic[1].frame.reactors, 0, "not known");
	rig_free(rig);
}

Test(cluster_people, of_a_window_that_was_not_published_are_in_the_next)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	send_people(rig, "a", END(1), 50, 0, 20);
	rig_close(rig, END(1) + RIG_DEADLINE);
	partition_abort(rig->p);
	send_people(rig, "a", END(2), 90, 20, 20);
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_geq(rig->topic[1].frame.reactors, 39);
	cr_assert_leq(rig->topic[1].frame.reactors, 42);
	rig_free(rig);
}

Test(cluster_people, that_the_predecessor_has_shown_are_not_shown_again)
{
	struct rig *rig = rig_new();

	partition_begin(rig->p, END(0));
	send_people(rig, "a", END(1), 50, 0, 20);
	rig_window(rig, END(1) + RIG_DEADLINE);
	rig_take_over(rig);
	send_people(rig, "a", END(1), 50, 0, 20);
	send_people(rig, "b", END(2), 50, 20, 10);
	partition_begin(rig->p, END(2));
	rig_window(rig, END(2) + RIG_DEADLINE);
	cr_assert_eq(rig->topic[1].frame.taps, 50);
	cr_assert_leq(rig->topic[1].frame.reactors, 11, "%u", rig->topic[1].frame.reactors);
	cr_assert_geq(rig->topic[1].frame.reactors, 9);
	rig_free(rig);
}
