/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/engine.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

enum { CONNECTIONS = 64, CROWD = 100000 };

static struct engine_thread *t;
static unsigned visits[CONNECTIONS];
static uint32_t visited_at[CONNECTIONS];

static void set_up(void)
{
	t = calloc(1, sizeof(*t));
	cr_assert_eq(connection_table_init(&t->connections, CONNECTIONS), 0);
	t->now = t->deadlines.now = UINT32_MAX - 100; // it wraps
	for (unsigned i = 0; i < CONNECTIONS; i++)
		t->connections.slots[i].thread = t;
}

static void tear_down(void)
{
	connection_table_fini(&t->connections);
	free(t);
}

static void note(struct connection *c)
{
	long i = c - t->connections.slots;

	visits[i]++;
	visited_at[i] = t->now;
}

static void pass(uint32_t seconds)
{
	t->now += seconds;
	deadlines_pass(t, t->now, note);
}

TestSuite(fanout_deadlines, .init = set_up, .fini = tear_down);

Test(fanout_deadlines, each_passes_once_and_in_its_second)
{
	uint32_t begin = t->now;

	for (unsigned i = 0; i < CONNECTIONS; i++)
		deadline_set(&t->connections.slots[i], 1 + i * 17); // up to four times round
	for (unsigned second = 1; second <= 1 + CONNECTIONS * 17; second++)
		pass(1);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		cr_assert_eq(visits[i], 1);
		/* 0 means none, so that second is the next one. */
		cr_assert_leq(visited_at[i] - begin - (1 + i * 17), 1);
		cr_assert_eq(t->connections.slots[i].deadline, 0);
	}
}

Test(fanout_deadlines, what_was_moved_or_cleared_does_not_pass)
{
	struct connection *c = t->connections.slots;

	for (unsigned i = 0; i < CONNECTIONS; i++)
		deadline_set(&c[i], 5); // all in one slot
	for (unsigned i = 0; i < CONNECTIONS; i += 3)
		deadline_clear(&c[i]);
	for (unsigned i = 1; i < CONNECTIONS; i += 3)
		deadline_set(&c[i], 9);
	pass(6);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		cr_assert_eq(visits[i], i % 3 == 2 ? 1 : 0);
	pass(4);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		cr_assert_eq(visits[i], i % 3 == 0 ? 0 : 1);
}

static void set_another(struct connection *c)
{
	note(c);
	deadline_clear(c + 1); // which is due as well
	deadline_set(c, 3);
}

Test(fanout_deadlines, whoever_is_visited_may_set_and_clear_others)
{
	struct connection *c = t->connections.slots;

	deadline_set(&c[1], 2);
	deadline_set(&c[0], 2); // is looked at first
	t->now += 2;
	deadlines_pass(t, t->now, set_another);
	cr_assert_eq(visits[0], 1);
	cr_assert_eq(visits[1], 0);
	pass(3);
	cr_assert_eq(visits[0], 2);
}

Test(fanout_deadlines, a_thread_that_was_stopped_for_long_finds_them_all)
{
	for (unsigned i = 0; i < CONNECTIONS; i++)
		deadline_set(&t->connections.slots[i], 1 + i * 17);
	pass(5000);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		cr_assert_eq(visits[i], 1);
}

static void clear_the_next_two(struct connection *c)
{
	note(c);
	for (unsigned i = 1; i <= 2; i++)
		deadline_clear(c + i);
	deadline_set(c + 1, DEADLINE_SLOTS); // the same slot, later
}

Test(fanout_deadlines, those_that_go_while_the_slot_is_gone_through_are_not_missed)
{
	struct connection *c = t->connections.slots;

	for (unsigned i = 8; i-- > 0;)
		deadline_set(&c[i], 2); // 0 is looked at first
	t->now += 2;
	deadlines_pass(t, t->now, clear_the_next_two);
	for (unsigned i = 0; i < 8; i++)
		cr_assert_eq(visits[i], i % 3 == 0 ? 1 : 0);
	pass(DEADLINE_SLOTS);
	for (unsigned i = 0; i < 9; i++)
		cr_assert_eq(visits[i], i % 3 < 2 ? 1 : 0);
}

static void count(struct connection *c)
{
	visits[0]++;
}

/* Twice as many need twice the time, and not four times: this would be minutes. */
Test(fanout_deadlines, many_that_are_due_behind_many_that_are_not_cost_little)
{
	struct connection_table *table = &t->connections;

	connection_table_fini(table);
	cr_assert_eq(connection_table_init(table, 2 * CROWD), 0);
	for (unsigned i = 0; i < 2 * CROWD; i++) {
		table->slots[i].thread = t;
		deadline_set(&table->slots[i], i < CROWD ? 5 : 5 + DEADLINE_SLOTS);
	}
	clock_t begin = clock();
	t->now += 5;
	deadlines_pass(t, t->now, count);
	cr_assert_eq(visits[0], CROWD);
	cr_assert_lt(clock() - begin, 2 * CLOCKS_PER_SEC);
}
