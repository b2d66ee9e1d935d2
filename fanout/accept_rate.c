/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/accept_rate.h"

enum { ONE = 1000, LEAST_WAIT_MS = 10, SURELY_FULL_MS = 60000 };

static int64_t full(const struct accept_rate *r)
{
	return (int64_t)r->per_second * ONE;
}

void accept_rate_init(struct accept_rate *r, uint32_t per_second, uint64_t now_ms)
{
	*r = (struct accept_rate){.per_second = per_second, .then_ms = now_ms};
	r->credit = full(r);
}

uint32_t accept_rate_credit(struct accept_rate *r, uint64_t now_ms)
{
	uint64_t passed = now_ms - r->then_ms;

	if (r->per_second == 0)
		return UINT32_MAX;
	r->then_ms = now_ms;
	if (passed > SURELY_FULL_MS) // the product stays far from overflowing
		passed = SURELY_FULL_MS;
	r->credit += (int64_t)passed * r->per_second; // thousandths, as passed is
	if (r->credit > full(r))
		r->credit = full(r);
	return r->credit < ONE ? 0 : (uint32_t)(r->credit / ONE);
}

void accept_rate_spend(struct accept_rate *r)
{
	if (r->per_second != 0)
		r->credit -= ONE;
}

uint32_t accept_rate_wait_ms(const struct accept_rate *r)
{
	int64_t missing = ONE - r->credit;
	int64_t wait = missing <= 0 ? 0 : (missing + r->per_second - 1) / r->per_second;

	return wait < LEAST_WAIT_MS ? LEAST_WAIT_MS : (uint32_t)wait;
}
