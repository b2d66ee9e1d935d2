/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/merge.h"

#include "dataplane/moved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

int merge_init(struct merge *m, struct store *s)
{
	size_t marked = (s->rows + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;

	*m = (struct merge){
		.store = s,
		.first = true,
		.rows_marked = (uint32_t)marked,
		.marks = aligned_alloc(CACHE_LINE, s->workers * marked),
		.moved = calloc(marked, sizeof(*m->moved)),
		.moved_before = calloc(marked, sizeof(*m->moved_before)),
		.brought = calloc(marked, sizeof(*m->brought)),
		.brought_before = calloc(marked, sizeof(*m->brought_before)),
		.counts = calloc(s->stride, sizeof(*m->counts)),
	};
	if (m->marks == NULL || m->moved == NULL || m->moved_before == NULL || m->brought == NULL ||
		m->brought_before == NULL || m->counts == NULL) {
		merge_free(m);
		return -ENOMEM;
	}
	memset(m->marks, 0, s->workers * marked);
	return 0;
}

void merge_free(struct merge *m)
{
	free(m->marks);
	free(m->moved);
	free(m->moved_before);
	free(m->brought);
	free(m->brought_before);
	free(m->counts);
	*m = (struct merge){0};
}

static struct store_shown *next_shown(const struct store *s)
{
	return s->shown[1 - *s->active];
}

static uint64_t *row_of(const struct store *s, struct store_shown *shown, unsigned row)
{
	return shown->tallies + (size_t)row * s->stride;
}

static void take_marks(struct merge *m, unsigned worker, unsigned used)
{
	bool *marks = merge_marks(m, worker);

	for (unsigned row = 0; row < used; row += MOVED_TOGETHER) {
		uint64_t taken = moved_take(marks + row);

		for (unsigned i = 0; taken != 0; i++, taken >>= 8)
			m->moved[row + i] |= (taken & 1) << worker;
	}
}

/* Rows that have not moved again keep in the next state what the last window made of them. */
static void keep_row(struct merge *m, unsigned row)
{
	const struct store *s = m->store;
	struct store_shown *now = s->shown[*s->active], *next = next_shown(s);

	if (m->moved_before[row] != 0)
		memcpy(row_of(s, next, row), row_of(s, now, row), s->stride * sizeof(uint64_t));
	if (m->brought_before[row] || m->first)
		memcpy(store_row_below(s, next, row), store_row_below(s, now, row),
			s->stride * sizeof(uint64_t));
}

void merge_begin(struct merge *m)
{
	const struct store *s = m->store;
	struct store_shown *now = s->shown[*s->active], *next = next_shown(s);
	unsigned used = store_rows_used(s);

	for (unsigned w = 0; w < s->workers; w++)
		take_marks(m, w, used);
	for (unsigned row = 0; m->first && row < used; row++)
		m->moved[row] = store_all_workers(s);
	*next = *now;
	memcpy(store_totals(s, next), store_totals(s, now), used * sizeof(uint64_t));
	for (unsigned row = 0; row < used; row++)
		keep_row(m, row);
}

/*
 * Worker by worker, the next one's on their way: all at once, tallies of a row would push each
 * other out of the caches, for they often lie a power of two apart.
 */
static void sum_row(const struct store *s, unsigned row, uint64_t *sums)
{
	memset(sums, 0, s->stride * sizeof(*sums));
	for (unsigned w = 0; w < s->workers; w++) {
		const char *next = (const char *)store_row_tallies(s, (w + 1) % s->workers, row);

		for (size_t at = 0; at < s->stride * sizeof(*sums); at += CACHE_LINE)
			__builtin_prefetch(next + at);
		for (unsigned r = 0; r < s->stride; r++)
			sums[r] += store_tally(s, w, row, r);
	}
}

const uint64_t *merge_row(struct merge *m, unsigned row)
{
	const struct store *s = m->store;
	struct store_shown *next = next_shown(s);
	const uint64_t *before = row_of(s, s->shown[*s->active], row);
	uint64_t *shown = row_of(s, next, row);

	if (m->moved[row] == 0)
		return NULL;
	sum_row(s, row, m->counts);
	for (unsigned r = 0; r < s->stride; r++) {
		shown[r] = m->counts[r];
		m->counts[r] -= before[r];
		next->taps_in_windows += m->counts[r];
	}
	return m->counts;
}

void merge_below(struct merge *m, unsigned row, const uint64_t *counts)
{
	const struct store *s = m->store;
	uint64_t *below = store_row_below(s, next_shown(s), row);

	for (unsigned r = 0; r < s->stride; r++)
		below[r] += counts[r];
	m->brought[row] = true;
}

uint64_t merge_total(struct merge *m, unsigned row, uint64_t taps)
{
	return store_totals(m->store, next_shown(m->store))[row] += taps;
}

/* One aligned store makes the new state valid; on x86-64 it is seen after those before it. */
void merge_commit(struct merge *m, uint64_t window, uint64_t ends_ms)
{
	const struct store *s = m->store;
	struct store_shown *next = next_shown(s);
	uint64_t *moved = m->moved;
	bool *brought = m->brought;

	next->window = window;
	next->ends = ends_ms;
	__atomic_store_n(s->active, 1 - *s->active, __ATOMIC_RELEASE);
	m->first = false;
	m->moved = m->moved_before;
	m->moved_before = moved;
	memset(m->moved, 0, store_rows_used(s) * sizeof(*m->moved));
	m->brought = m->brought_before;
	m->brought_before = brought;
	memset(m->brought, 0, store_rows_used(s) * sizeof(*m->brought));
}
