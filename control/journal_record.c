/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal_record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int journal_record_init(struct journal_record *r, const struct store *s)
{
	*r = (struct journal_record){
		.rows = calloc(s->rows, sizeof(*r->rows)),
		.counts = calloc((size_t)s->rows * s->stride, sizeof(*r->counts)),
	};
	if (r->rows != NULL && r->counts != NULL)
		return 0;
	journal_record_free(r);
	return -ENOMEM;
}

void journal_record_free(struct journal_record *r)
{
	free(r->rows);
	free(r->counts);
	free(r->catalogue);
	*r = (struct journal_record){0};
}

int journal_baseline_init(struct journal_baseline *b, const struct store *s)
{
	*b = (struct journal_baseline){
		.tallies = calloc((size_t)s->rows * s->stride, sizeof(*b->tallies)),
		.totals = calloc(s->rows, sizeof(*b->totals)),
		.past = calloc(WIRE_CHANNELS_MAX, sizeof(*b->past)),
	};
	if (b->tallies != NULL && b->totals != NULL && b->past != NULL)
		return 0;
	journal_baseline_free(b);
	return -ENOMEM;
}

void journal_baseline_free(struct journal_baseline *b)
{
	free(b->tallies);
	free(b->totals);
	free(b->past);
	*b = (struct journal_baseline){0};
}

void journal_baseline_take_rows(struct journal_baseline *b, struct store *s)
{
	for (unsigned used = store_rows_used(s); b->rows < used; b->rows++) {
		uint64_t total = b->past[s->row_table[b->rows].channel];

		store_seed_total(s, b->rows, total);
		b->totals[b->rows] = total;
	}
}

/* Its own counts go into the record. */
static void take_counts(struct journal_record *r, struct journal_row *row, uint64_t *before,
	const uint64_t *now, unsigned stride)
{
	row->first_count = r->n_counts;
	for (unsigned i = 0; i < stride; i++) {
		if (now[i] == before[i])
			continue;
		r->counts[r->n_counts++] = (struct journal_count){i, now[i] - before[i]};
		row->own += now[i] - before[i];
		before[i] = now[i];
	}
	row->n_counts = r->n_counts - row->first_count;
}

/* Of a window without taps there is no mood: what joins it to others has none to tell either. */
static void take_mood(struct journal_row *row, const struct frame *f)
{
	if (f->taps == 0)
		return;
	row->has_mood = true;
	row->surge = (f->flags & FRAME_SURGE) != 0;
	row->reactors = f->reactors;
	row->score = f->score / (double)FRAME_SHARE_ONE;
	row->intensity = f->intensity / (double)FRAME_INTENSITY_ONE;
}

void journal_record_fill(struct journal_record *r, struct journal_baseline *b,
	const struct store *s, const struct frame *frames)
{
	const struct store_shown *shown = store_now_shown(s);
	const uint64_t *totals = store_totals(s, s->shown[*s->active]);
	unsigned used = store_rows_used(s);

	r->window = shown->window;
	r->ends = shown->ends;
	r->length = b->length;
	r->joins = b->joins;
	r->gap = frames == NULL;
	r->n_rows = r->n_counts = 0;
	for (unsigned i = 0; i < used; i++) {
		const uint64_t *now = shown->tallies + (size_t)i * s->stride;
		uint64_t *before = b->tallies + (size_t)i * s->stride, total = totals[i];
		struct journal_row *row = &r->rows[r->n_rows];

		/* The total grows with every tap. Only at a start it may be another arena's. */
		if (total == b->totals[i] &&
			(!r->gap || memcmp(now, before, s->stride * sizeof(*now)) == 0))
			continue;
		*row = (struct journal_row){.row = i,
			.began = store_row_began(&s->row_table[i]),
			.channel = s->row_table[i].channel,
			.taps = total - b->totals[i],
			.total = total};
		take_counts(r, row, before, now, s->stride);
		if (row->taps < row->own) // the total was that of an arena before
			row->taps = row->own;
		if (frames != NULL)
			take_mood(row, &frames[i]);
		b->totals[i] = total;
		r->n_rows++;
	}
	b->joins = b->length = 0;
}
