/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Small pieces of the statistics that several of their parts have.
 */
#ifndef CONTROL_STATS_VALUE_H
#define CONTROL_STATS_VALUE_H

#include "fanout/histogram.h"

#include <jansson.h>
#include <stdint.h>

/* Counters are 64 bits wide without a sign; JSON integers of jansson have one. */
static inline json_t *stats_number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* Of windows, microseconds. The quantiles are bounds of classes. */
json_t *stats_histogram(const struct histogram *h);

/* When, as text; null: never. */
json_t *stats_time(uint64_t ms);

#endif
