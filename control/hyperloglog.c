/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/hyperloglog.h"

#include <math.h>

/* The limit of the bias correction for many registers, 1 / (2 ln 2). */
static const double alpha = 0.72134752044448170368;

void hyperloglog_merge(struct hyperloglog *to, const struct hyperloglog *from)
{
	for (unsigned i = 0; i < REACTORS_LINES; i++)
		hyperloglog_merge_line(to->registers[i], from->registers[i]);
}

/* The share x of registers that are 0 stands for ranks below 1: x + Σ x^(2^k) 2^(k-1). */
static double sigma(double x)
{
	double sum = x, before, weight = 1;

	do {
		before = sum;
		x *= x;
		sum += x * weight;
		weight += weight;
	} while (sum != before);
	return sum;
}

/* And the share 1 - x at the highest rank for those above: (1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3. */
static double tau(double x)
{
	double rest = 1 - x, before, weight = 1;

	if (x == 0 || x == 1)
		return 0;
	do {
		before = rest;
		x = sqrt(x);
		weight /= 2;
		rest -= (1 - x) * (1 - x) * weight;
	} while (rest != before);
	return rest / 3;
}

/* Most registers of a small crowd are 0. One by one, each addition would wait for the one before:
 * eight at once. */
static void count_ranks(const struct hyperloglog *h, unsigned with_rank[REACTORS_RANK_MAX + 1])
{
	const uint8_t *registers = h->registers[0];
	uint64_t eight;

	_Static_assert(REACTORS_REGISTERS % sizeof(eight) == 0, "all are counted");
	memset(with_rank, 0, (REACTORS_RANK_MAX + 1) * sizeof(*with_rank));
	for (unsigned i = 0; i < REACTORS_REGISTERS; i += sizeof(eight)) {
		memcpy(&eight, registers + i, sizeof(eight));
		if (eight == 0) {
			with_rank[0] += sizeof(eight);
			continue;
		}
		for (unsigned j = 0; j < sizeof(eight); j++)
			with_rank[registers[i + j]]++;
	}
}

uint32_t hyperloglog_estimate(const struct hyperloglog *h)
{
	unsigned with_rank[REACTORS_RANK_MAX + 1];
	const double m = REACTORS_REGISTERS;

	count_ranks(h, with_rank);
	if (with_rank[0] == REACTORS_REGISTERS)
		return 0; // sigma(1) has no bound
	double z = m * tau(1 - with_rank[REACTORS_RANK_MAX] / m);
	for (unsigned k = REACTORS_RANK_MAX - 1; k > 0; k--)
		z = (z + with_rank[k]) / 2;
	z += m * sigma(with_rank[0] / m);
	double estimate = round(alpha * m * m / z); // infinite if all have the highest rank
	return estimate < UINT32_MAX ? (uint32_t)estimate : UINT32_MAX;
}
