/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Numbers without pattern out of numbers in order; the same in every run. */
#ifndef CLIENT_TRAFFIC_SCATTER_H
#define CLIENT_TRAFFIC_SCATTER_H

#include <stdint.h>

static const uint64_t scatter_odd = 0x9e3779b97f4a7c15;

/* A fixed mixing, so that neighbours differ. */
static inline uint64_t scatter_mix(uint64_t x)
{
	x = (x ^ x >> 31) * scatter_odd;
	return x ^ x >> 29;
}

/* A permutation of the numbers below 2^bits (0 is 0 again): each step can be undone. */
static inline uint64_t scatter_shuffle(uint64_t i, unsigned bits)
{
	uint64_t mask = (1ull << bits) - 1, x = i & mask;

	x = (x * scatter_odd) & mask;
	x ^= x >> bits / 2;
	x = (x * scatter_odd) & mask;
	return x ^ x >> bits / 2;
}

#endif
