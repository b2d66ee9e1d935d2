/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/recovery.h"

#include <string.h>

uint64_t recovery_taps_in_tallies(const struct store *s)
{
	unsigned used = store_rows_used(s);
	uint64_t sum = store_now_shown(s)->taps_retired;

	for (unsigned w = 0; w < s->workers; w++) {
		for (unsigned row = 0; row < used; row++) {
			for (unsigned r = 0; r < s->stride; r++)
				sum += store_tally(s, w, row, r);
		}
	}
	return sum;
}

/*
 * What is in doubt goes straight into the statistics, before the record is idle: a kill in between
 * shows it twice, not never. Into the first block, which lies where it did in older arenas, too.
 */
void recovery_finish(const struct store *s, struct recovery *r)
{
	uint64_t *in_doubt = &s->blocks[0].stats.taps_in_doubt, before = *in_doubt;

	memset(r, 0, sizeof(*r));
	for (unsigned w = 0; w < s->workers; w++) {
		enum undo_outcome outcome = undo_resolve(s->undo, s->workers, w, &s->sessions,
			store_row_tallies(s, w, 0), s->rows, s->stride, in_doubt);

		r->finished += outcome == UNDO_FINISHED;
		r->left_out += outcome == UNDO_LEFT_OUT;
	}
	r->taps_in_doubt = *in_doubt - before;
}

/* A burst that was not finished: its frames are gone, and only what was decided about them counts.
 */
static void mend_block(struct worker_block *b)
{
	struct worker_stats *s = &b->stats;

	if (b->sequence % 2 != 0)
		worker_block_end(b);
	s->rx = s->accepted + worker_stats_refused(s) + s->passed;
	s->batches =
		s->batches_counted + s->batches_duplicate + s->batches_stale + s->batches_limited;
}

uint64_t recovery_mend(struct store *s)
{
	uint64_t counted = 0;

	for (unsigned w = 0; w < s->workers; w++) {
		mend_block(&s->blocks[w]);
		counted += s->blocks[w].stats.taps_counted;
	}
	uint64_t found = recovery_taps_in_tallies(s) - counted;
	s->blocks[0].stats.taps_counted += found;
	s->blocks[0].stats.taps_recovered += found;
	return found;
}
