/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Random numbers that can be had again: the seed is fixed, is printed, and can be set with
 * UPROAR_TEST_SEED. (splitmix64, by Sebastiano Vigna.)
 */
#ifndef TESTS_SEEDED_RANDOM_H
#define TESTS_SEEDED_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct seeded_random {
	uint64_t state;
};

static inline struct seeded_random seeded_random_new(const char *test)
{
	const char *wanted = getenv("UPROAR_TEST_SEED");
	uint64_t seed = wanted != NULL ? strtoull(wanted, NULL, 0) : 7700;

	fprintf(stderr, "%s: seed %llu (UPROAR_TEST_SEED sets another)\n", test,
		(unsigned long long)seed);
	return (struct seeded_random){seed};
}

static inline uint64_t random_next(struct seeded_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to n - 1. */
static inline unsigned random_below(struct seeded_random *r, unsigned n)
{
	return (unsigned)(random_next(r) >> 32) % n;
}

static inline void random_bytes(struct seeded_random *r, void *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)random_next(r);
}

#endif
