/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A start with another shape: everything is carried over by id, or the start is refused with what
 * to do, and the arena is as it was.
 */

#include "control/recovery.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

static struct store_rig rig;

/* Three channels, two workers, a window shown and some taps since. */
static void set_up(void)
{
	store_rig_init(&rig, 2, 4, 8);
	store_rig_open(&rig);
	for (uint16_t channel = 10; channel < 13; channel++)
		store_open_row(&rig.store, channel);
	for (unsigned w = 0; w < 2; w++) {
		struct worker_stats *s = &rig.store.blocks[w].stats;

		for (unsigned row = 0; row < 3; row++)
			store_row_tallies(&rig.store, w, row)[row + 1] = 100 * (w + 1) + row;
		s->refused[REFUSED_magic] = 5 + w;
		s->refused[REFUSALS - 1] = 7 + w;
		s->accepted = 50;
		s->rx = 50 + 12 + 2 * w;
		s->taps_counted = 300 * (w + 1) + 3;
	}
	store_rig_window(&rig, NULL);
	store_row_tallies(&rig.store, 1, 2)[7] += 40;
	rig.store.blocks[1].stats.taps_counted += 40;
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_carry, .init = set_up, .fini = tear_down);

static uint64_t tally(unsigned row, unsigned reaction)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w < rig.store.workers; w++)
		sum += store_tally(&rig.store, w, row, reaction);
	return sum;
}

static void expect_all_there(void)
{
	const struct store_shown *shown = store_now_shown(&rig.store);
	struct worker_stats sum = {0};

	cr_expect_eq(store_rows_used(&rig.store), 3);
	for (unsigned row = 0; row < 3; row++) {
		cr_expect_eq(rig.store.row_table[row].channel, 10 + row);
		cr_expect_eq(rig.store.row_table[row].state, STORE_ROW_OPEN);
		cr_expect_eq(tally(row, row + 1), 300 + 2 * row);
	}
	cr_expect_eq(tally(2, 7), 40);
	cr_expect_eq(shown->window, 1);
	cr_expect_eq(shown->ends, 1000);
	cr_expect_eq(shown->taps_in_windows, 906);
	for (unsigned w = 0; w < rig.store.workers; w++)
		worker_stats_add(&sum, &rig.store.blocks[w].stats);
	cr_expect_eq(sum.refused[REFUSED_magic], 11);
	cr_expect_eq(sum.refused[REFUSALS - 1], 15);
	cr_expect_eq(sum.accepted, 100);
	cr_expect_eq(sum.rx, 126);
	cr_expect_eq(sum.taps_counted, 946);
	cr_expect_eq(sum.taps_recovered, 0);
	cr_expect_eq(recovery_taps_in_tallies(&rig.store), 946);
	cr_expect_eq(store_rig_window(&rig, NULL), 40, "what was shown is not shown again");
}

Test(control_carry, more_or_fewer_of_everything_that_is_not_needed)
{
	static const struct {
		const char *what;
		unsigned workers, channels, reactions;
	} shapes[] = {{"more workers", 5, 4, 8}, {"one worker", 1, 4, 8},
		{"more channels", 2, 100, 8}, {"fewer channels", 2, 3, 8},
		{"more reactions", 2, 4, 256}, {"all", 7, 3, 9}};

	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		tear_down();
		set_up();
		uint64_t generation = arena_generation(rig.store.arena);
		store_rig_close(&rig);
		rig.config.ports[0].queues = shapes[i].workers;
		rig.config.arena_channels = shapes[i].channels;
		rig.config.arena_reactions = shapes[i].reactions;
		store_rig_open(&rig);
		cr_expect_eq(rig.store.workers, shapes[i].workers);
		cr_expect_eq(rig.store.rows, shapes[i].channels);
		cr_expect_eq(rig.store.stride, shapes[i].reactions);
		cr_expect_eq(arena_generation(rig.store.arena), generation, "%s", shapes[i].what);
		expect_all_there();
	}
}

/* As a program wrote them that knew no exception port: the same, without what was passed. */
static void age_statistics(void)
{
	struct arena_region *region =
		(struct arena_region *)(uintptr_t)arena_find(rig.store.arena, "workers");
	const size_t head = offsetof(struct worker_block, stats),
		     fields = offsetof(struct worker_stats, passed),
		     size = (head + fields + sizeof(uint64_t) * REFUSALS + 63) / 64 * 64;
	struct worker_block now[2];

	memcpy(now, rig.store.blocks, sizeof(now));
	for (unsigned w = 0; w < 2; w++) {
		char *old = (char *)rig.store.blocks + w * size;

		memcpy(old, &now[w], head + fields);
		memcpy(old + head + fields, now[w].stats.refused, sizeof(now[w].stats.refused));
	}
	region->layout = WORKER_STATS_WITHOUT_PASSED;
}

Test(control_carry, statistics_of_before_there_were_exception_ports)
{
	age_statistics();
	store_rig_close(&rig);
	store_rig_open(&rig);
	expect_all_there();
}

static void expect_refused(int expected, const char *words)
{
	cr_expect_eq(store_rig_try_open(&rig), expected);
	cr_expect_neq(strstr(rig.error, words), NULL, "%s", rig.error);
	cr_expect_neq(strstr(rig.error, "--new-arena"), NULL, "%s", rig.error);
	rig.config.arena_channels = 4;
	rig.config.arena_reactions = 8;
	store_rig_open(&rig);
	expect_all_there();
}

Test(control_carry, a_channel_remembers_what_is_usual)
{
	for (unsigned row = 0; row < 3; row++)
		rig.store.moods[row].usual = 10 + row;
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_expect_eq(rig.store.moods[2].usual, 12, "over a restart");
	store_rig_close(&rig);
	rig.config.arena_channels = 9;
	store_rig_open(&rig);
	for (unsigned row = 0; row < 3; row++)
		cr_expect_eq(rig.store.moods[row].usual, 10 + row, "over another shape");
	cr_expect_eq(rig.store.moods[3].usual, 0);
}

Test(control_carry, fewer_reactions_than_were_counted_are_refused)
{
	store_rig_close(&rig);
	rig.config.arena_reactions = 7;
	expect_refused(-ERANGE, "reaction 7 in channel 12");
}

Test(control_carry, fewer_channels_than_are_open_are_refused)
{
	store_rig_close(&rig);
	rig.config.arena_channels = 2;
	expect_refused(-ENOSPC, "arena.channels is now 2");
}

/* Channel 11 was shown to the last tap when it closed, channel 12 was not. */
Test(control_carry, closed_rows_make_room_when_they_are_shown)
{
	const struct config_channel keep[] = {{.id = 10}};

	store_close_others(&rig.store, keep, 1);
	store_rig_close(&rig);
	rig.config.arena_channels = 2;
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 2);
	cr_expect_eq(rig.store.row_table[0].channel, 10);
	cr_expect_eq(rig.store.row_table[1].channel, 12);
	cr_expect_eq(rig.store.row_table[1].state, STORE_ROW_CLOSED);
	cr_expect_eq(store_now_shown(&rig.store)->taps_retired, 302);
	cr_expect_eq(recovery_taps_in_tallies(&rig.store), 946);
	cr_expect_eq(recovery_mend(&rig.store), 0, "the statistics still agree");
	cr_expect_eq(store_rig_window(&rig, NULL), 40);

	store_rig_close(&rig);
	rig.config.arena_channels = 1;
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 1);
	cr_expect_eq(store_now_shown(&rig.store)->taps_retired, 302 + 344);
	cr_expect_eq(recovery_taps_in_tallies(&rig.store), 946);
	cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, 946);
}

/* Nobody here knows what the brokers have of a node's closed channels. */
Test(control_carry, closed_rows_of_a_cluster_stay)
{
	const struct config_channel keep[] = {{.id = 10}};

	store_close_others(&rig.store, keep, 1);
	store_rig_close(&rig);
	rig.config.cluster.n_kafka = 1;
	rig.config.arena_channels = 3;
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 3);
	cr_expect_eq(rig.store.row_table[1].channel, 11);
	cr_expect_eq(store_now_shown(&rig.store)->taps_retired, 0);
}

/* Channel 11 was shown to the last tap, but 2 of its taps are in no journal yet. */
Test(control_carry, closed_rows_stay_until_they_are_journalled)
{
	const struct config_channel keep[] = {{.id = 10}};

	rig.store.journalled->kept = 1;
	rig.store.journalled->window = 1;
	rig.store.journalled->rows[0] = 300;
	rig.store.journalled->rows[1] = 300;
	store_close_others(&rig.store, keep, 1);
	store_rig_close(&rig);
	rig.config.arena_channels = 3;
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 3);
	cr_expect_eq(rig.store.row_table[1].channel, 11);
	cr_expect_eq(rig.store.journalled->window, 1);
	cr_expect_eq(rig.store.journalled->rows[1], 300);

	rig.store.journalled->rows[1] = 302;
	store_rig_close(&rig);
	rig.config.arena_channels = 2;
	store_rig_open(&rig);
	cr_expect_eq(store_rows_used(&rig.store), 2);
	cr_expect_eq(rig.store.row_table[1].channel, 12);
	cr_expect_eq(rig.store.journalled->rows[0], 300);
	cr_expect_eq(rig.store.journalled->rows[1], 0);
}

/* So that the journal can tell what an earlier row of the channel had from what this one has. */
Test(control_carry, a_channel_that_comes_again_has_another_row)
{
	const struct config_channel keep[] = {{.id = 10}, {.id = 12}};
	uint32_t began = store_row_began(&rig.store.row_table[1]);

	store_close_others(&rig.store, keep, 2);
	store_rig_close(&rig);
	rig.config.arena_channels = 5;
	store_rig_open(&rig);
	cr_expect_eq(store_open_row(&rig.store, 11), 2);
	cr_expect_neq(store_row_began(&rig.store.row_table[2]), began);
	cr_expect_eq(store_row_began(&rig.store.row_table[0]), began);
}

Test(control_carry, carrying_twice_is_carrying)
{
	for (unsigned i = 0; i < 4; i++) {
		store_rig_close(&rig);
		rig.config.ports[0].queues = 1 + i % 3;
		rig.config.arena_reactions = 8 + i;
		store_rig_open(&rig);
	}
	expect_all_there();
}

static void reopen_with(unsigned workers, unsigned sessions)
{
	store_rig_close(&rig);
	rig.config.ports[0].queues = workers;
	rig.config.arena_sessions = sessions;
	store_rig_open(&rig);
}

Test(control_carry, a_session_that_was_known_stays_known)
{
	enum { SESSIONS = 1000 };

	reopen_with(2, 1 << 16);
	for (unsigned i = 1; i <= SESSIONS; i++)
		store_rig_count_batch(&rig, &(struct store_rig_batch){i % 2, i, i, 0, 0, 1});
	static const struct {
		unsigned workers, sessions;
	} shapes[] = {{2, 1 << 17}, {1, 1 << 17}, {3, 1 << 16}, {2, 1 << 15}};

	for (unsigned s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
		reopen_with(shapes[s].workers, shapes[s].sessions);
		cr_expect_eq(rig.store.sessions.n, shapes[s].sessions / 2);
		unsigned known = 0;

		for (unsigned i = 1; i <= SESSIONS; i++) {
			known += !store_rig_is_fresh(&rig, i, i);
			cr_expect(store_rig_is_fresh(&rig, i, i + 1));
		}
		/* One in a hundred of the smallest of these tables has four in a bucket. */
		cr_expect_geq(known, SESSIONS - 2, "%u of %u", known, SESSIONS);
	}
	cr_expect_eq(recovery_taps_in_tallies(&rig.store), 946 + SESSIONS);
	cr_expect_eq(recovery_mend(&rig.store), 0, "the statistics know them");
}

Test(control_carry, sessions_that_find_no_room_are_counted)
{
	for (unsigned i = 1; i <= 5; i++)
		store_rig_count_batch(&rig, &(struct store_rig_batch){0, i, 9, 0, 0, 1});
	reopen_with(2, 2); // one bucket
	unsigned known = 0;

	for (unsigned i = 1; i <= 5; i++)
		known += !store_rig_is_fresh(&rig, i, 9);
	cr_expect_eq(known, SESSION_SLOTS);
	cr_expect_eq(rig.store.blocks[0].stats.sessions_displaced, 2);
}

Test(control_carry, a_batch_in_flight_is_finished_before_its_worker_is_gone)
{
	for (enum store_rig_moment m = STORE_RIG_ARMED; m <= STORE_RIG_ADDED; m++) {
		bool claimed = m >= STORE_RIG_CLAIMED;

		tear_down();
		set_up();
		store_rig_begin_batch(&rig, &(struct store_rig_batch){1, 77, 1, 2, 7, 5}, m);
		reopen_with(1, 256);
		cr_expect_eq(tally(2, 7), claimed ? 45 : 40, "moment %d", m);
		cr_expect_eq(store_rig_is_fresh(&rig, 77, 1), !claimed, "moment %d", m);
		cr_expect_eq(rig.store.blocks[0].stats.taps_recovered, claimed ? 5 : 0);
		cr_expect_eq(undo_step_of(rig.store.undo[0].progress), 0);
	}
}

Test(control_carry, what_is_in_doubt_stays_in_the_ledger)
{
	store_rig_begin_batch(&rig, &(struct store_rig_batch){1, 77, 1, 2, 7, 5}, STORE_RIG_ARMED);
	store_rig_count_batch(&rig, &(struct store_rig_batch){0, 77, 1, 2, 7, 5});
	store_rig_count_batch(&rig, &(struct store_rig_batch){0, 78, 1, 2, 7, 1});
	reopen_with(1, 256);
	cr_expect_eq(rig.store.blocks[0].stats.taps_in_doubt, 5);
	cr_expect_eq(tally(2, 7), 40 + 5 + 1);
	reopen_with(3, 64);
	cr_expect_eq(rig.store.blocks[0].stats.taps_in_doubt, 5, "once");
}
