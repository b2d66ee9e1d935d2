/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a killed worker left half done is brought in line with its tallies.
 */

#include "control/ledger.h"
#include "control/recovery.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <string.h>

static struct store_rig rig;

static void set_up(void)
{
	store_rig_init(&rig, 2, 2, 8);
	store_rig_open(&rig);
	store_open_row(&rig.store, 1);
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_recovery, .init = set_up, .fini = tear_down);

static void expect_balanced(void)
{
	struct ledger l;

	ledger_read(&l, &rig.store, NULL, 0);
	for (unsigned i = 1; i < LEDGER_IDENTITIES; i++)
		cr_expect(l.identities[i].holds, "%s: %lu, %lu", l.identities[i].text,
			(unsigned long)l.identities[i].left, (unsigned long)l.identities[i].right);
}

Test(control_recovery, a_clean_stop_needs_no_mending)
{
	struct worker_stats *s = &rig.store.blocks[1].stats;

	store_row_tallies(&rig.store, 1, 0)[3] = 5;
	*s = (struct worker_stats){.rx = 3,
		.accepted = 2,
		.batches = 4,
		.batches_counted = 2,
		.batches_duplicate = 2,
		.taps_counted = 5};
	s->refused[REFUSED_body] = 1;
	struct worker_stats before = *s;
	cr_expect_eq(recovery_mend(&rig.store), 0);
	cr_expect_eq(memcmp(s, &before, sizeof(before)), 0);
	expect_balanced();
}

/* Each line of a burst may be the last one that a worker wrote. */
Test(control_recovery, a_burst_that_was_cut_off_anywhere_balances_again)
{
	for (unsigned cut = 0; cut <= 7; cut++) {
		struct worker_block *b = &rig.store.blocks[cut % 2];
		uint64_t *tallies = store_row_tallies(&rig.store, cut % 2, 0);
		uint64_t recovered = 0;

		for (unsigned w = 0; w < 2; w++)
			recovered += rig.store.blocks[w].stats.taps_recovered;
		worker_block_begin(b);
		for (unsigned step = 0; step < cut; step++) {
			tallies[2] += step == 0 ? 3 : 0;
			tallies[4] += step == 1 ? 2 : 0;
			b->stats.taps_counted += step == 2 ? 5 : 0;
			b->stats.batches += step == 3 ? 2 : 0;
			b->stats.batches_counted += step == 4;
			b->stats.batches_duplicate += step == 5;
			b->stats.accepted += step == 6;
		}
		uint64_t unknown = cut == 1 ? 3 : cut == 2 ? 5 : 0;
		cr_expect_eq(recovery_mend(&rig.store), unknown, "cut %u", cut);
		cr_expect_eq(b->sequence % 2, 0, "a worker can take it over");
		recovered += unknown;
		for (unsigned w = 0; w < 2; w++)
			recovered -= rig.store.blocks[w].stats.taps_recovered;
		cr_expect_eq(recovered, 0, "cut %u: the statistics say so", cut);
		expect_balanced();
		cr_expect_eq(recovery_mend(&rig.store), 0, "cut %u: once is enough", cut);
	}
}

static const struct store_rig_batch batch = {
	.worker = 1, .session = 77, .sequence = 1, .reaction = 3, .taps = 5};

/* The client sends it again: it counts if it did not. */
Test(control_recovery, a_batch_in_flight_is_counted_once_whenever_its_worker_died)
{
	for (enum store_rig_moment m = STORE_RIG_ARMED; m <= STORE_RIG_ADDED; m++) {
		bool claimed = m >= STORE_RIG_CLAIMED;
		struct recovery r;

		tear_down();
		set_up();
		store_rig_begin_batch(&rig, &batch, m);
		recovery_finish(&rig.store, &r);
		cr_expect_eq(r.finished, claimed, "moment %d", m);
		cr_expect_eq(r.left_out, !claimed, "moment %d", m);
		cr_expect_eq(r.taps_in_doubt, 0);
		cr_expect_eq(store_tally(&rig.store, 1, 0, 3), claimed ? 5 : 0, "moment %d", m);
		cr_expect_eq(store_rig_is_fresh(&rig, 77, 1), !claimed, "moment %d", m);
		cr_expect_eq(recovery_mend(&rig.store), claimed ? 5 : 0, "moment %d", m);
		expect_balanced();
		recovery_finish(&rig.store, &r);
		cr_expect_eq(r.finished + r.left_out, 0, "once is enough");
	}
}

/* Worker 0 counted the same batch from another queue, and went on to another session. */
Test(control_recovery, what_cannot_be_told_is_shown_as_in_doubt)
{
	const struct store_rig_batch twin = {
		.worker = 0, .session = 77, .sequence = 1, .reaction = 3, .taps = 5};
	const struct store_rig_batch next = {
		.worker = 0, .session = 78, .sequence = 1, .reaction = 2, .taps = 1};
	struct recovery r;

	store_rig_begin_batch(&rig, &batch, STORE_RIG_ARMED);
	store_rig_count_batch(&rig, &twin);
	recovery_finish(&rig.store, &r);
	cr_expect_eq(r.left_out, 1, "its record still tells");
	store_rig_begin_batch(&rig, &(struct store_rig_batch){1, 79, 1, 0, 3, 4}, STORE_RIG_ARMED);
	store_rig_count_batch(&rig, &(struct store_rig_batch){0, 79, 1, 0, 3, 4});
	store_rig_count_batch(&rig, &next);
	recovery_finish(&rig.store, &r);
	cr_expect_eq(r.finished + r.left_out, 0);
	cr_expect_eq(r.taps_in_doubt, 4);
	cr_expect_eq(store_tally(&rig.store, 1, 0, 3), 0, "it is left out");
	cr_expect_eq(recovery_mend(&rig.store), 5 + 4 + 1);
	expect_balanced();

	struct ledger l;
	ledger_read(&l, &rig.store, NULL, 0);
	cr_expect_eq(l.workers.taps_in_doubt, 4);
}
