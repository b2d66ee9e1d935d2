/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What of the frames topic reaches subscribers.
 */

#include "cluster_frames.h"

#include "control/cluster/newest.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PARTITIONS = 4, CHANNEL = 6, PARTITION = CHANNEL % PARTITIONS, SEEN_MAX = 64 };

static struct seen {
	uint16_t channel;
	bool open;
	uint64_t taps;
} seen[SEEN_MAX];
static unsigned n_seen, n_flushed;
static uint64_t flushed_ends;
static char catalogue[64];
static struct newest *newest;

static void see_frame(void *context, const struct record_frame *record)
{
	struct frame frame = {.taps = 0};

	cr_assert_lt(n_seen, SEEN_MAX);
	if (record->binary_len > 0)
		cr_assert_eq(frame_decode(record->binary, record->binary_len, &frame), 0);
	seen[n_seen++] = (struct seen){record->channel, record->open, frame.taps};
}

static void see_catalogue(void *context, const char *json, size_t len)
{
	cr_assert_lt(len, sizeof(catalogue));
	memcpy(catalogue, json, len);
	catalogue[len] = '\0';
}

static void see_flush(void *context, uint64_t ends_ms)
{
	n_flushed++;
	flushed_ends = ends_ms;
}

static void set_up(void)
{
	const struct follower_sink sink = {see_frame, see_catalogue, see_flush, NULL};

	newest = newest_make(PARTITIONS, &sink);
	cr_assert_not_null(newest);
}

static void tear_down(void)
{
	newest_free(newest);
}

TestSuite(newest, .init = set_up, .fini = tear_down);

static void take(uint16_t channel, bool open, unsigned window)
{
	struct cluster_frame f;

	cluster_frame_make(&f, channel, open, window);
	newest_record(newest, channel % PARTITIONS, f.key, sizeof(f.key), f.value, f.len);
}

static void take_tombstone(uint16_t channel)
{
	uint8_t key[RECORD_FRAME_KEY];

	record_frame_key(channel, key);
	newest_record(newest, channel % PARTITIONS, key, sizeof(key), NULL, 0);
}

static void take_catalogue(const char *json)
{
	uint8_t key[RECORD_FRAME_KEY];

	record_frame_key(RECORD_NO_CHANNEL, key);
	newest_record(newest, RECORD_NO_CHANNEL % PARTITIONS, key, sizeof(key), json, strlen(json));
}

static void end_all(void)
{
	for (unsigned p = 0; p < PARTITIONS; p++)
		newest_end(newest, p);
}

static struct follower_status status(void)
{
	struct follower_status s;

	newest_read_status(newest, &s);
	return s;
}

/* Subscribers of a node that starts see no mood but the newest. */
Test(newest, at_the_start_only_the_newest_of_each_channel_is_given)
{
	take(CHANNEL, true, 1);
	take(CHANNEL, true, 2);
	take(CHANNEL + PARTITIONS, true, 2);
	take(CHANNEL, true, 3);
	newest_flush(newest, 0);
	cr_expect_eq(n_seen, 0);
	cr_expect_eq(n_flushed, 0);
	newest_end(newest, PARTITION);
	newest_flush(newest, 0);
	cr_assert_eq(n_seen, 2);
	cr_expect_eq(seen[0].channel, CHANNEL);
	cr_expect_eq(seen[0].taps, 3);
	cr_expect_eq(seen[1].taps, 2);
	cr_expect_eq(n_flushed, 1);
	cr_expect_eq(flushed_ends, cluster_frame_ends(3));
}

Test(newest, a_partition_at_its_end_does_not_wait_for_another)
{
	take(CHANNEL, true, 1);
	take(CHANNEL + 1, true, 1);
	newest_end(newest, PARTITION);
	cr_expect_eq(n_seen, 1);
	cr_expect_not(status().caught_up);
	end_all();
	cr_expect_eq(n_seen, 2);
	cr_expect(status().caught_up);
}

Test(newest, later_each_frame_is_given_as_it_comes)
{
	end_all();
	take(CHANNEL, true, 1);
	take(CHANNEL, true, 2);
	cr_assert_eq(n_seen, 2);
	cr_expect_eq(seen[1].taps, 2);
}

/* Brokers that lost the end of a partition have it read again from the beginning. */
Test(newest, an_older_frame_is_counted_and_not_given)
{
	end_all();
	take(CHANNEL, true, 5);
	take(CHANNEL, true, 4);
	take(CHANNEL, true, 5);
	cr_expect_eq(n_seen, 2);
	cr_expect_eq(status().older, 1);
}

/* A merger's clock was ahead, and was set right. */
Test(newest, after_a_frame_of_the_far_future_older_ones_are_given)
{
	end_all();
	take(CHANNEL, true, 1000000);
	newest_flush(newest, cluster_frame_ends(5) * 1000000);
	take(CHANNEL, true, 5);
	cr_assert_eq(n_seen, 2);
	cr_expect_eq(status().older, 0);
	cr_expect_eq(status().ends, cluster_frame_ends(5));
	take(CHANNEL, true, 4);
	cr_expect_eq(n_seen, 2, "the near past is the past");
}

Test(newest, a_channel_that_is_closed_is_given_once_more)
{
	end_all();
	take(CHANNEL, true, 1);
	take(CHANNEL, false, 2);
	take(CHANNEL, false, 3);
	cr_assert_eq(n_seen, 2);
	cr_expect_not(seen[1].open);
	cr_expect_eq(status().channels, 0);
}

Test(newest, a_channel_closed_before_the_start_is_not_given)
{
	take(CHANNEL, true, 1);
	take(CHANNEL, false, 2);
	end_all();
	cr_expect_eq(n_seen, 0);
}

Test(newest, a_tombstone_closes_its_channel)
{
	end_all();
	take(CHANNEL, true, 1);
	take_tombstone(CHANNEL);
	cr_assert_eq(n_seen, 2);
	cr_expect_not(seen[1].open);
}

Test(newest, a_tombstone_before_the_start_takes_the_frame_away)
{
	take(CHANNEL, true, 1);
	take_tombstone(CHANNEL);
	end_all();
	cr_expect_eq(n_seen, 0);
	take(CHANNEL, true, 2);
	cr_expect_eq(n_seen, 1);
}

Test(newest, the_newest_catalogue_is_given)
{
	take_catalogue("{\"old\":1}");
	take_catalogue("{\"new\":1}");
	cr_expect_str_empty(catalogue);
	end_all();
	cr_expect_str_eq(catalogue, "{\"new\":1}");
	take_catalogue("{\"newer\":1}");
	cr_expect_str_eq(catalogue, "{\"newer\":1}");
}

/* What strangers put into the topic. */
Test(newest, records_that_are_none_are_counted_and_leave_what_is_there)
{
	struct cluster_frame f;

	cluster_frame_make(&f, CHANNEL, true, 1);
	newest_record(newest, PARTITION, f.key, sizeof(f.key), f.value, f.len);
	newest_record(newest, PARTITION, f.key, sizeof(f.key), f.value, f.len - 1);
	newest_record(newest, PARTITION, f.key, 1, f.value, f.len);
	newest_record(newest, PARTITION, NULL, 0, f.value, f.len);
	newest_record(newest, PARTITION + 1, f.key, sizeof(f.key), f.value, f.len);
	newest_record(newest, PARTITIONS, f.key, sizeof(f.key), f.value, f.len);
	take_catalogue("[");
	cr_expect_eq(status().malformed, 6);
	newest_end(newest, PARTITIONS);
	end_all();
	cr_expect_eq(n_seen, 1);
	cr_expect_str_empty(catalogue);
}

Test(newest, the_status_has_the_partition_that_is_furthest_behind)
{
	end_all();
	take(CHANNEL, true, 7);
	take(CHANNEL + 1, true, 5);
	take(CHANNEL + 2, true, 3);
	take(CHANNEL + 2, false, 4); // nobody is shown what this one has
	cr_expect_eq(status().oldest_ends, cluster_frame_ends(5));
	cr_expect_eq(status().ends, cluster_frame_ends(7));
	cr_expect_eq(status().channels, 2);
}

Test(newest, the_way_is_measured_once_the_node_is_at_the_end)
{
	take(CHANNEL, true, 1);
	newest_end(newest, PARTITION);
	newest_flush(newest, cluster_frame_ends(100) * 1000000);
	cr_expect_eq(status().behind_ns.count, 0);
	end_all();
	take(CHANNEL, true, 2);
	newest_flush(newest, cluster_frame_ends(2) * 1000000 + 5000);
	cr_expect_eq(status().behind_ns.count, 1);
	cr_expect_eq(status().behind_ns.newest, 5000);
	/* Another machine's clock may be ahead. */
	take(CHANNEL, true, 3);
	newest_flush(newest, cluster_frame_ends(2) * 1000000);
	cr_expect_eq(status().behind_ns.newest, 0);
}
