/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many distinct things were shown to the registers of a HyperLogLog: the improved raw
 * estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
 * (arXiv:1702.01284), algorithm 6. It needs no tables of measured bias and no switch between small
 * and large counts: it is nearly exact for a few, and its relative standard error is
 * 1.04 / √registers for many.
 */
#ifndef CONTROL_HYPERLOGLOG_H
#define CONTROL_HYPERLOGLOG_H

#include "dataplane/reactors.h"

#include <stdint.h>

/* One byte a register: 0, or the largest rank, up to REACTORS_RANK_MAX. */
struct hyperloglog {
	uint8_t registers[REACTORS_LINES][REACTORS_IN_LINE];
};

/* One instruction, as compilers see it. */
static inline void hyperloglog_merge_16(uint8_t *restrict to, const uint8_t *restrict from)
{
	for (unsigned i = 0; i < 16; i++)
		to[i] = to[i] > from[i] ? to[i] : from[i];
}

/* The larger of each register of a line. Parts may overlap: the larger of the larger is the same.
 */
static inline void hyperloglog_merge_line(uint8_t *restrict to, const uint8_t *restrict from)
{
	hyperloglog_merge_16(to, from);
	hyperloglog_merge_16(to + 16, from + 16);
	hyperloglog_merge_16(to + 32, from + 32);
	hyperloglog_merge_16(to + REACTORS_IN_LINE - 16, from + REACTORS_IN_LINE - 16);
}

/* What was shown to one or the other. They are not the same. */
void hyperloglog_merge(struct hyperloglog *to, const struct hyperloglog *from);

/* 0 if nothing was shown, else 1 to 2^32 - 1, rounded; saturates. */
uint32_t hyperloglog_estimate(const struct hyperloglog *h);

#endif
