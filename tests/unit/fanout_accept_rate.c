/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The bucket of connections that may be accepted.
 */

#include "fanout/accept_rate.h"

#include <criterion/criterion.h>

static unsigned spend_all(struct accept_rate *r, uint64_t now)
{
	unsigned n = 0;

	for (; accept_rate_credit(r, now) > 0; n++)
		accept_rate_spend(r);
	return n;
}

Test(fanout_accept_rate, a_second_of_it_at_once_and_then_an_even_rate)
{
	static const uint32_t rates[] = {1, 3, 10, 999, 10000, 4294967295};

	for (unsigned i = 0; i < 5; i++) {
		struct accept_rate r;
		uint64_t now = 123456, n = 0;

		accept_rate_init(&r, rates[i], now);
		cr_expect_eq(spend_all(&r, now), rates[i]);
		for (unsigned turn = 0; turn < 100; turn++)
			n += spend_all(&r, ++now);
		cr_expect_eq(n, rates[i] / 10, "a tenth of a second: %u", rates[i]);
		now += 1000000;
		cr_expect_eq(spend_all(&r, now), rates[i], "it holds no more than a second");
	}
	struct accept_rate most;
	accept_rate_init(&most, rates[5], 0);
	cr_expect_eq(accept_rate_credit(&most, 1ull << 31), rates[5]);
}

Test(fanout_accept_rate, after_the_wait_there_is_credit)
{
	for (uint32_t rate = 1; rate <= 20000; rate += 7) {
		struct accept_rate r;

		accept_rate_init(&r, rate, 5);
		spend_all(&r, 5);
		cr_assert_eq(accept_rate_credit(&r, 5), 0);
		uint32_t wait = accept_rate_wait_ms(&r);
		cr_assert_geq(wait, 10, "it is never looked at more often");
		cr_assert_leq(wait, 1000);
		cr_assert_gt(accept_rate_credit(&r, 5 + wait), 0);
	}
}

Test(fanout_accept_rate, what_was_spent_beyond_is_made_up_for)
{
	struct accept_rate r;

	accept_rate_init(&r, 10, 0);
	for (unsigned i = 0; i < 15; i++)
		accept_rate_spend(&r);
	cr_expect_eq(accept_rate_credit(&r, 500), 0);
	cr_expect_eq(accept_rate_credit(&r, 600), 1);
}

Test(fanout_accept_rate, without_a_limit_there_is_none)
{
	struct accept_rate r;

	accept_rate_init(&r, 0, 0);
	for (unsigned i = 0; i < 100; i++) {
		cr_expect_eq(accept_rate_credit(&r, 0), UINT32_MAX);
		accept_rate_spend(&r);
	}
}
