/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/loads.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = ((const struct load *)a)->rate, y = ((const struct load *)b)->rate;

	return (x > y) - (x < y);
}

unsigned loads_of(const struct search *s, struct load out[SEARCH_TRIALS_MAX])
{
	unsigned n = 0, kept = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (!t->aside)
			out[n++] = (struct load){t->load, t->order.seconds, t->offered, t->lost, 1};
	}
	qsort(out, n, sizeof(out[0]), ascending);
	for (unsigned i = 0; i < n; i++) {
		struct load *last = kept > 0 ? &out[kept - 1] : NULL;

		if (last == NULL || out[i].rate > last->rate * (1 + 1e-9)) {
			out[kept++] = out[i];
			continue;
		}
		last->seconds += out[i].seconds;
		last->offered += out[i].offered;
		last->lost += out[i].lost;
		last->trials++;
	}
	return kept;
}
