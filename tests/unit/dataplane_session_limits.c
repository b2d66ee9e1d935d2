/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Limits: of a session, and of what has none.
 */

#include "counting_rig.h"
#include "dataplane/allowance.h"
#include "dataplane/session_limits.h"

#include <criterion/criterion.h>

enum { SECOND = SESSION_LIMIT_HZ };

Test(dataplane_session_limits, a_burst_at_once_and_then_so_many_a_second)
{
	static const uint32_t beginnings[] = {0, 1, INT32_MAX, UINT32_MAX - 5 * SECOND, UINT32_MAX};
	const struct session_limits l = session_limits_of(10, 50);

	for (unsigned i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		uint32_t now = beginnings[i], paid = now;

		cr_expect(session_limits_allow(&l, now, &paid, 30));
		cr_expect(session_limits_allow(&l, now, &paid, 20));
		cr_expect_not(session_limits_allow(&l, now, &paid, 1));
		cr_expect_not(session_limits_allow(&l, now + SECOND, &paid, 11));
		cr_expect(session_limits_allow(&l, now + SECOND, &paid, 9));
		for (unsigned s = 2; s < 100; s++)
			cr_expect(session_limits_allow(&l, now + s * SECOND, &paid, 10), "%u s", s);
		cr_expect_not(session_limits_allow(&l, now + 100 * SECOND, &paid, 13));
		cr_expect_not(session_limits_allow(&l, now + 1000 * SECOND, &paid, 51));
		cr_expect(session_limits_allow(&l, now + 1000 * SECOND, &paid, 50), "rested");
	}
}

Test(dataplane_session_limits, a_slot_that_was_not_used_for_days_is_not_taken_for_paid)
{
	const struct session_limits l = session_limits_of(10, 50);

	for (uint64_t idle = 0; idle < 1ull << 32; idle += 7919 * SECOND) {
		uint32_t paid = 0, now = (uint32_t)(idle + 10 * SECOND);

		if (now < UINT32_MAX - l.burst)
			cr_expect(session_limits_allow(&l, now, &paid, 50), "%lu",
				(unsigned long)idle);
	}
}

Test(dataplane_session_limits, without_a_rate_there_is_no_limit)
{
	cr_expect_not(session_limits_of(0, 1).on);
	cr_expect(session_limits_of(1, 1).on);
}

Test(dataplane_session_limits, large_rates_lose_little_to_rounding)
{
	const struct session_limits l = session_limits_of(SESSION_LIMIT_RATE_MAX, 100000000);
	uint32_t paid = 0, now = 0;
	uint64_t taps = 0;

	while (session_limits_allow(&l, now, &paid, 8000))
		taps += 8000;
	cr_expect_geq(taps, 99000000);
	cr_expect_leq(taps, 101000000);
}

/* One tap at a time, all the time: what comes through is what was allowed, within 3 %. */
Test(dataplane_session_limits, small_batches_at_any_rate_do_not_leak)
{
	static const uint32_t rates[] = {1, 7, 100, 500, 999, SESSION_LIMIT_RATE_MAX};

	for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const struct session_limits l = session_limits_of(rates[i], 1);
		uint32_t paid = 0;
		uint64_t taps = 0;

		for (uint32_t now = 0; now < 100 * SECOND; now++)
			taps += session_limits_allow(&l, now, &paid, 1);
		cr_expect_geq(taps, 95 * rates[i], "%u", rates[i]);
		cr_expect_leq(taps, 103 * rates[i] + 1, "%u: %lu", rates[i], (unsigned long)taps);
	}
}

#define HEADER(batches, sequence) \
	0xfa, 0x10, 0, 1, (batches), 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, (sequence)

Test(dataplane_session_limits, what_is_more_is_refused_once_and_for_all)
{
	static const uint8_t ten[] = {HEADER(1, 1), 1, 7, 10};
	static const uint8_t history[] = {HEADER(3, 3), 1, 7, 4, 1, 7, 20, 1, 7, 10};
	static const uint8_t last[] = {HEADER(4, 4), 1, 7, 7, 1, 7, 4, 1, 7, 20, 1, 7, 10};
	struct counting_rig *rig = counting_rig_new();
	struct worker_stats *s = &rig->block.stats;

	rig->policy.session_limits = session_limits_of(1, 15);
	cr_expect_eq(counter_take(&rig->counter, ten, sizeof(ten)), REFUSED_none);
	cr_expect_eq(counter_take(&rig->counter, history, sizeof(history)), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 14, "the newest has the first claim");
	cr_expect_eq(s->taps_limited, 20);
	cr_expect_eq(s->batches_limited, 1);
	cr_expect_eq(s->batches_duplicate, 1);
	rig->counter.now += 1000 * SECOND;
	cr_expect_eq(counter_take(&rig->counter, last, sizeof(last)), REFUSED_none);
	cr_expect_eq(rig->tallies[RIG_ROW_OF_1][7], 21, "limited batches do not come back");
	cr_expect_eq(s->taps_limited, 20);
	cr_expect_eq(s->batches, s->batches_counted + s->batches_duplicate + s->batches_limited);
	cr_expect_eq(s->taps_counted, 21);
	counting_rig_free(rig);
}

Test(dataplane_session_limits, an_allowance_is_so_many_a_second_and_a_tenth_at_once)
{
	struct allowance a = {.per_second = 1000};
	uint64_t used = 0;

	for (uint32_t now = 0; now <= 10 * SECOND; now += 7) {
		uint32_t may = allowance_top_up(&a, now);

		cr_assert_leq(may, 101);
		allowance_use(&a, may);
		used += may;
	}
	cr_expect_geq(used, 9990);
	cr_expect_leq(used, 10001);
	cr_expect_eq(allowance_top_up(&a, a.now + 100 * SECOND), 101, "no more is saved up");
	a.per_second = 0;
	cr_expect_eq(allowance_top_up(&a, 0), UINT32_MAX);
}
