/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Whoever may write to the topics may write anything: totals do not fall, frames stay frames, and
 * windows go on.
 */

#include "partition_rig.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { WINDOWS = 300, RECORDS = 40 };

static const char *const names[] = {"a", "b", "c", "d"};

/* Small, or at an edge. */
static uint64_t number(struct seeded_random *random)
{
	switch (random_below(random, 4)) {
	case 0:
		return random_below(random, 5);
	case 1:
		return UINT64_MAX - random_below(random, 3);
	case 2:
		return RIG_START + random_below(random, 1000) * (uint64_t)RIG_WINDOW;
	default:
		return random_next(random);
	}
}

static void send_tally(struct rig *rig, struct seeded_random *random)
{
	uint64_t counts[RIG_REACTIONS];

	for (unsigned r = 0; r < RIG_REACTIONS; r++)
		counts[r] = number(random);
	struct record_tally t =
		rig_tally(names[random_below(random, 4)], 1 + random_below(random, 40),
			(uint16_t)random_below(random, RIG_CHANNELS), number(random), counts);
	t.source.began = random_below(random, 3);
	t.has_people = random_below(random, 2) == 0;
	for (unsigned i = 0; i < 30; i++)
		t.people.registers[random_below(random, REACTORS_LINES)]
				  [random_below(random, REACTORS_IN_LINE)] = REACTORS_RANK_MAX;
	if (random_below(random, 8) == 0)
		rig_delete(rig, t.channel, &t.source);
	else
		rig_send(rig, &t);
}

static void say(struct rig *rig, struct seeded_random *random)
{
	struct record_report r = {.generation = 1 + random_below(random, 3),
		.ends = number(random),
		.window_ms = 1 + random_below(random, 4000),
		.leaves = random_below(random, 5) == 0};

	strcpy(r.node, names[random_below(random, 4)]);
	rig_say(rig, &r);
}

static void must_not_have_fallen(const struct rig *rig, uint64_t before[][WIRE_REACTIONS_MAX])
{
	for (unsigned i = 0; i < RIG_CHANNELS; i++) {
		for (unsigned r = 0; r < WIRE_REACTIONS_MAX; r++) {
			cr_assert_geq(rig->topic[i].record.merged[r], before[i][r]);
			before[i][r] = rig->topic[i].record.merged[r];
		}
	}
}

Test(cluster_strangers, totals_never_fall_and_windows_go_on)
{
	static uint64_t before[RIG_CHANNELS][WIRE_REACTIONS_MAX];
	struct seeded_random random = seeded_random_new("cluster_strangers");
	struct rig *rig = rig_new();
	uint64_t now = RIG_START;

	for (unsigned r = 0; r < RIG_REACTIONS; r++)
		rig->weights[r] = r % 2 == 0 ? 1 : -1;
	partition_begin(rig->p, now);
	for (unsigned i = 0; i < WINDOWS; i++) {
		for (unsigned k = random_below(&random, RECORDS); k > 0; k--) {
			if (random_below(&random, 4) == 0)
				say(rig, &random);
			else
				send_tally(rig, &random);
		}
		now += RIG_WINDOW;
		rig_window(rig, now + RIG_DEADLINE);
		cr_assert_eq(rig->topic[0].frame.ends, now);
		must_not_have_fallen(rig, before);
		if (random_below(&random, 10) == 0) {
			rig_take_over(rig);
			partition_begin(rig->p, now + RIG_DEADLINE);
		}
	}
	rig_free(rig);
}

Test(cluster_strangers, sources_of_a_channel_have_a_bound)
{
	struct rig *rig = rig_new();
	struct partition_stats stats;
	const uint64_t counts[RIG_REACTIONS] = {1};

	partition_begin(rig->p, RIG_START);
	for (unsigned i = 1; i <= 5000; i++) {
		const struct record_tally t = rig_tally("a", i, 1, RIG_START, counts);

		rig_send(rig, &t);
	}
	partition_read_stats(rig->p, &stats);
	cr_assert_eq(stats.sources, 4096);
	cr_assert_eq(stats.malformed, 5000 - 4096);
	cr_assert_eq(stats.taps, 4096);
	rig_free(rig);
}
