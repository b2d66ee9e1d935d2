/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The monotonic clock in nanoseconds. */
#ifndef CLIENT_CLOCK_H
#define CLIENT_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_MS 1000000ull
#define CLOCK_SECOND 1000000000ull

static inline uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec;
}

/* What is left until a deadline, for poll(): in milliseconds, rounded up, never below 0. */
static inline int clock_left_ms(uint64_t deadline)
{
	uint64_t now = clock_now();
	uint64_t left = deadline > now ? (deadline - now + CLOCK_MS - 1) / CLOCK_MS : 0;

	return left > INT32_MAX ? INT32_MAX : (int)left;
}

#endif
