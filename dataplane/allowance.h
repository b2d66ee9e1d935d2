/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * So much a second: what a worker may still do in this burst. What is not used is saved up for a
 * tenth of a second. Time is that of session_limits.h.
 */
#ifndef DATAPLANE_ALLOWANCE_H
#define DATAPLANE_ALLOWANCE_H

#include "dataplane/session_limits.h"

struct allowance {
	uint32_t per_second; // 0: without a bound
	uint32_t now;        // when it was last topped up
	uint64_t saved;      // in 1/SESSION_LIMIT_HZ
};

/* Adds what the time brought, and returns how much may be done. */
static inline uint32_t allowance_top_up(struct allowance *a, uint32_t now)
{
	uint64_t most = (uint64_t)a->per_second * SESSION_LIMIT_HZ / 10 + SESSION_LIMIT_HZ;

	if (a->per_second == 0)
		return UINT32_MAX;
	a->saved += (uint64_t)(now - a->now) * a->per_second;
	a->now = now;
	if (a->saved > most)
		a->saved = most;
	return (uint32_t)(a->saved / SESSION_LIMIT_HZ);
}

static inline void allowance_use(struct allowance *a, uint32_t n)
{
	if (a->per_second != 0)
		a->saved -= (uint64_t)n * SESSION_LIMIT_HZ;
}

#endif
