/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/figures.h"

#include <stdlib.h>
#include <string.h>

void figures_add(struct figures *f, double value)
{
	if (f->n < FIGURES_MAX)
		f->values[f->n++] = value;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct figure figures_sum_up(const struct figures *f)
{
	double sorted[FIGURES_MAX];
	unsigned n = f->n;

	if (n == 0)
		return (struct figure){0};
	memcpy(sorted, f->values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), ascending);
	return (struct figure){sorted[0], sorted[n / 4], sorted[n / 2], sorted[n - 1 - n / 4]};
}
