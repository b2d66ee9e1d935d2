/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Metrics as text for Prometheus (exposition format 0.0.4). A family of samples is written in one
 * piece: all samples of a metric follow each other.
 */
#ifndef CONTROL_METRICS_H
#define CONTROL_METRICS_H

#include "fanout/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric {
#define METRIC(symbol, name, type, help) METRIC_##symbol,
#include "control/metric.def"
#undef METRIC
	METRICS // how many there are
};

struct metrics {
	char *text; // ends in a zero; free() it
	size_t len, cap;
	bool failed; // there was no memory: the text is not whole
	int family;  // of the last sample; -1: none yet
	bool done[METRICS];
};

void metrics_begin(struct metrics *m);

/*
 * A sample. Labels as in `queue="0",port="1"`, made by printf; "": none. Values of labels that are
 * not ours go through metrics_label() first.
 */
__attribute__((format(printf, 4, 5))) void metrics_count(
	struct metrics *m, enum metric metric, uint64_t value, const char *labels, ...);
__attribute__((format(printf, 4, 5))) void metrics_gauge(
	struct metrics *m, enum metric metric, double value, const char *labels, ...);

/* All classes of a histogram of microseconds, in seconds, with this label. */
void metrics_histogram(
	struct metrics *m, enum metric metric, const struct histogram *h, const char *label);

/* Escapes quotes, backslashes and line ends; cuts off what does not fit. Returns out. */
const char *metrics_label(const char *text, char *out, size_t cap);

#endif
