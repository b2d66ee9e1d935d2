/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fuzz_target.h"

#include <string.h>

uint64_t fuzz_reached[REFUSALS];

struct counting_rig *fuzz_rig(void)
{
	static struct counting_rig *rig;

	if (rig == NULL)
		rig = counting_rig_new();
	return rig;
}

void fuzz_note(enum refusal r)
{
	CHECK((unsigned)r < REFUSALS);
	fuzz_reached[r]++;
}

struct counted {
	struct worker_stats stats;
	uint64_t tallies[RIG_ROWS][RIG_STRIDE];
};

static struct counted look(const struct counting_rig *rig)
{
	struct counted c = {.stats = rig->block.stats};

	memcpy(c.tallies, rig->tallies, sizeof(c.tallies));
	return c;
}

static void check_accepted(const struct counting_rig *rig, const struct counted *before)
{
	const struct worker_stats *s = &rig->block.stats;
	uint64_t taps = 0;

	for (unsigned row = 0; row < RIG_ROWS; row++) {
		for (unsigned id = 0; id < RIG_STRIDE; id++) {
			uint64_t grown = rig->tallies[row][id] - before->tallies[row][id];

			CHECK(grown == 0 || row == RIG_ROW_OF_0 || row == RIG_ROW_OF_1);
			CHECK(grown == 0 || policy_knows(&rig->policy, (uint8_t)id));
			taps += grown;
		}
	}
	CHECK(s->taps_counted - before->stats.taps_counted == taps);
	CHECK(taps <= WIRE_BATCHES_MAX * WIRE_PAIRS_MAX * 255);
	CHECK(s->batches ==
		s->batches_counted + s->batches_duplicate + s->batches_stale + s->batches_limited);
	CHECK(s->batches - before->stats.batches <= WIRE_BATCHES_MAX);
	CHECK(undo_step_of(rig->undo.progress) == 0);
	CHECK((taps > 0) == (s->batches_counted != before->stats.batches_counted));
}

enum refusal fuzz_take(const uint8_t *payload, size_t len)
{
	struct counting_rig *rig = fuzz_rig();
	struct counted before = look(rig);
	uint8_t *exact = malloc(len > 0 ? len : 1);

	CHECK(exact != NULL);
	memcpy(exact, payload, len);
	enum refusal r = counter_take(&rig->counter, exact, len);
	free(exact);
	fuzz_note(r);
	if (r == REFUSED_none) {
		check_accepted(rig, &before);
	} else {
		struct counted after = look(rig);
		CHECK(memcmp(&after, &before, sizeof(after)) == 0);
	}
	return r;
}
