/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Sessions that move between ingest nodes: what the rule of first sight (docs/protocol.md, section
 * 1.2) promises about it, held by the real counting under simulated routers (perf/moving).
 */

#include "perf/moving/journey.h"

#include <criterion/criterion.h>

enum { SESSIONS = 300, HISTORY = 4 };

static const struct phone_habits in_order = {.history = HISTORY, .interval = 2};

static struct journey_sum walk(const struct events *e, const struct phone_habits *habits)
{
	static struct box boxes[EVENTS_BOXES];
	static struct phone phone;
	struct journey_sum sum = {0};

	for (unsigned i = 0; i < EVENTS_BOXES; i++)
		cr_assert_eq(box_open(&boxes[i]), 0);
	for (unsigned i = 0; i < SESSIONS; i++) {
		phone_make(&phone, habits, i, EVENTS_SECONDS);
		journey_make(&sum, boxes, &phone, e);
	}
	for (unsigned i = 0; i < EVENTS_BOXES; i++)
		box_close(&boxes[i]);
	return sum;
}

Test(moving_sessions, who_stays_is_counted_once)
{
	const struct events nothing = {.spreading = SPREAD_RESILIENT, .before = 7};
	struct journey_sum sum = walk(&nothing, &in_order);

	cr_expect_eq(sum.lost, 0);
	cr_expect_eq(sum.arrivals[ARRIVAL_BEGINS].doubled, 0);
	cr_expect_eq(sum.arrivals[ARRIVAL_BEGINS].n, sum.sessions);
}

Test(moving_sessions, a_move_doubles_nothing_of_a_session_older_than_its_history)
{
	const struct events more = {.before = 7, .after = 15, .changes = 300};
	struct journey_sum sum = walk(&more, &in_order);

	cr_assert_gt(sum.arrivals[ARRIVAL_OLDER].n, 0);
	cr_expect_eq(sum.arrivals[ARRIVAL_OLDER].doubled, 0);
	cr_expect_eq(sum.lost, 0);
}

Test(moving_sessions, a_move_doubles_all_but_the_newest_batch_of_a_young_session)
{
	const struct events scattered = {.spreading = SPREAD_SCATTERED, .before = 7};
	struct journey_sum sum = walk(&scattered, &in_order);

	cr_assert_gt(sum.arrivals[ARRIVAL_YOUNG].n, 0);
	cr_expect_eq(sum.arrivals[ARRIVAL_YOUNG].most, HISTORY - 1);
}

/* The box that it comes back to cannot know what others counted meanwhile. */
Test(moving_sessions, a_return_doubles_what_the_history_holds_and_no_more)
{
	const struct events flaps = {.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 300,
		.back = 400,
		.period = 20};
	struct journey_sum sum = walk(&flaps, &in_order);

	cr_assert_gt(sum.arrivals[ARRIVAL_RETURN].n, 0);
	cr_expect_eq(sum.arrivals[ARRIVAL_RETURN].most, HISTORY - 1);
}

Test(moving_sessions, who_repeats_only_what_no_receipt_has_confirmed_doubles_nothing)
{
	const struct phone_habits confirms = {.history = HISTORY, .interval = 2, .confirms = true};
	const struct events scattered = {.spreading = SPREAD_SCATTERED, .before = 7};
	struct journey_sum sum = walk(&scattered, &confirms);

	for (unsigned i = 0; i < ARRIVALS; i++)
		cr_expect_eq(sum.arrivals[i].doubled, 0, "kind of arrival %u", i);
	cr_expect_eq(sum.lost, 0);
}

Test(moving_sessions, a_process_that_dies_loses_nothing_if_it_is_back_within_the_history)
{
	const struct events killed = {
		.spreading = SPREAD_RESILIENT, .before = 7, .dies = 300, .returns = 301};
	struct journey_sum sum = walk(&killed, &in_order);

	/* A session whose last datagrams met nobody has none behind them that repeats them. */
	cr_expect_leq(sum.lost, 1);
	cr_expect_eq(sum.arrivals[ARRIVAL_BEGINS].doubled, 0);
}

Test(moving_sessions, a_box_that_is_gone_takes_no_more_than_it_had_not_published)
{
	const struct events gone = {.spreading = SPREAD_RESILIENT,
		.before = 7,
		.after = 6,
		.changes = 302,
		.dies = 302,
		.arena_gone = true,
		.published = 300};
	struct journey_sum sum = walk(&gone, &in_order);

	cr_expect_gt(sum.lost, 0);
	cr_expect_leq(sum.lost, SESSIONS, "one a session in 2 s: %lu", (unsigned long)sum.lost);
	cr_expect_eq(sum.arrivals[ARRIVAL_OLDER].doubled, 0);
}
