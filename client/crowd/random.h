/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Chance that a seed repeats: xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64.
 */
#ifndef CLIENT_CROWD_RANDOM_H
#define CLIENT_CROWD_RANDOM_H

#include <math.h>
#include <stdint.h>

struct random {
	uint64_t s[4];
};

static inline void random_seed(struct random *r, uint64_t seed)
{
	for (unsigned i = 0; i < 4; i++) {
		uint64_t z = (seed += 0x9e3779b97f4a7c15);

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
		r->s[i] = z ^ (z >> 31);
	}
}

static inline uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s, five = s[1] * 5, t = s[1] << 17;
	uint64_t result = (five << 7 | five >> 57) * 9;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = s[3] << 45 | s[3] >> 19;
	return result;
}

/* 0 to n - 1; n is not 0. */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (uint32_t)(((random_next(r) >> 32) * n) >> 32);
}

/* 0 up to, not including, 1. */
static inline double random_unit(struct random *r)
{
	return (double)(random_next(r) >> 11) * 0x1p-53;
}

/* Exponentially distributed with mean 1: the gap between events of a Poisson process. */
static inline double random_exponential(struct random *r)
{
	return -log1p(-random_unit(r));
}

#endif
