/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* One quantity, measured many times, and what the values say together. */
#ifndef PERF_FIGURES_H
#define PERF_FIGURES_H

enum { FIGURES_MAX = 4096 };

struct figures {
	unsigned n;
	double values[FIGURES_MAX];
};

struct figure {
	double least, low, median, high; // the middle half lies between low and high
};

void figures_add(struct figures *f, double value);
struct figure figures_sum_up(const struct figures *f);

#endif
