/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int merge_init(struct merge *m, struct store *s)
{
	m->store = s;
	m->counts = calloc(s->stride, sizeof(*m->counts));
	return m->counts == NULL ? -ENOMEM : 0;
}

void merge_free(struct merge *m)
{
	free(m->counts);
}

static struct store_shown *next_shown(const struct store *s)
{
	return s->shown[1 - *s->active];
}

/* The next state begins as a copy of this one: rows that are not merged keep their values. */
void merge_begin(struct merge *m)
{
	const struct store *s = m->store;
	struct store_shown *now = s->shown[*s->active], *next = next_shown(s);
	unsigned used = store_rows_used(s);

	memcpy(next, now, sizeof(*now) + sizeof(uint64_t) * used * s->stride);
	memcpy(store_totals(s, next), store_totals(s, now), sizeof(uint64_t) * used);
}

const uint64_t *merge_row(struct merge *m, unsigned row, uint64_t *total)
{
	const struct store *s = m->store;
	struct store_shown *next = next_shown(s);
	uint64_t *shown = next->tallies + (size_t)row * s->stride, grown = 0;

	for (unsigned r = 0; r < s->stride; r++) {
		uint64_t now = 0;

		for (unsigned w = 0; w < s->workers; w++)
			now += store_tally(s, w, row, r);
		m->counts[r] = now - shown[r];
		grown += m->counts[r];
		shown[r] = now;
	}
	next->taps_in_windows += grown;
	*total = store_totals(s, next)[row] += grown;
	return m->counts;
}

/* One aligned store makes the new state valid; on x86-64 it is seen after those before it. */
void merge_commit(struct merge *m, uint64_t window, uint64_t ends_ms)
{
	const struct store *s = m->store;
	struct store_shown *next = next_shown(s);

	next->window = window;
	next->ends = ends_ms;
	__atomic_store_n(s->active, 1 - *s->active, __ATOMIC_RELEASE);
}
