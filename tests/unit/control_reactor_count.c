/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Distinct sessions by window, on a real arena: each window has its own, whoever counted them and
 * whatever happened to the process in between.
 */

#include "control/reactor_count.h"
#include "control/windows.h"
#include "dataplane/moved.h"
#include "seeded_random.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <string.h>

enum { WORKERS = 3, ROWS = 4, STRIDE = 8 };

static struct store_rig rig;
static struct reactors workers[WORKERS];

/* The workers of a new process. */
static void start(void)
{
	store_rig_open(&rig);
	cr_assert_eq(reactor_count_begin(&rig.store), 0);
	for (unsigned w = 0; w < rig.store.workers; w++)
		workers[w] = (struct reactors){.head = rig.store.reactors_head,
			.rows = store_row_reactors(&rig.store, w, 0)};
}

static void set_up(void)
{
	store_rig_init(&rig, WORKERS, ROWS, STRIDE);
	start();
	for (uint16_t channel = 0; channel < ROWS; channel++)
		store_open_row(&rig.store, channel);
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_reactor_count, .init = set_up, .fini = tear_down);

static uint64_t window_now(void)
{
	return rig.store.reactors_head->window;
}

static void note(unsigned worker, unsigned row, uint64_t session)
{
	reactors_note(&workers[worker], row, reactors_hash(rig.store.reactors_head, session));
}

/* A burst of one session. */
static void react(unsigned worker, unsigned row, uint64_t session)
{
	reactors_begin(&workers[worker]);
	note(worker, row, session);
	reactors_end(&workers[worker]);
}

static void react_all(unsigned worker, unsigned row, uint64_t first, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		react(worker, row, first + i);
}

/* Few enough to be nearly exact. */
static void expect_about(unsigned row, uint64_t window, unsigned n)
{
	struct hyperloglog h = {0};

	reactor_count_add(&rig.store, row, window, store_all_workers(&rig.store), &h);
	uint32_t got = reactor_count_estimate(&h, UINT32_MAX);

	cr_expect(got + 2 + n / 20 >= n && got <= n + 2 + n / 20, "row %u: %u for %u", row, got, n);
}

/* Registers as docs/sentiment.md has them, written plainly. */
static void plain_note(struct hyperloglog *h, uint64_t hash)
{
	unsigned line = (unsigned)(hash >> 60);
	unsigned place = (unsigned)((hash >> 32) % (1 << 28) * REACTORS_IN_LINE / (1 << 28));
	unsigned rank = 1;

	while (rank <= 32 && (hash >> (32 - rank) & 1) == 0)
		rank++;
	if (h->registers[line][place] < rank)
		h->registers[line][place] = (uint8_t)rank;
}

static void expect_registers(unsigned row, uint64_t window, const struct hyperloglog *expected)
{
	struct hyperloglog got = {0};

	reactor_count_add(&rig.store, row, window, store_all_workers(&rig.store), &got);
	cr_expect_eq(memcmp(&got, expected, sizeof(got)), 0, "row %u, window %lu", row,
		(unsigned long)window);
}

/* One worker's burst of sessions of any channel, some of them seen before. */
static void random_burst(struct seeded_random *r, struct hyperloglog expected[ROWS])
{
	unsigned worker = random_below(r, WORKERS), n = random_below(r, 2 * REACTORS_PENDING);

	reactors_begin(&workers[worker]);
	for (unsigned i = 0; i < n; i++) {
		unsigned row = random_below(r, ROWS);
		uint64_t session = 1 + random_below(r, 3000);

		note(worker, row, session);
		plain_note(&expected[row], reactors_hash(rig.store.reactors_head, session));
	}
	reactors_end(&workers[worker]);
}

Test(control_reactor_count, order_repetition_workers_and_bursts_make_no_difference)
{
	struct seeded_random r = seeded_random_new("control_reactor_count");

	for (unsigned i = 0; i < 100; i++) {
		struct hyperloglog expected[ROWS] = {0};
		uint64_t window = window_now();

		for (unsigned bursts = random_below(&r, 40); bursts > 0; bursts--)
			random_burst(&r, expected);
		reactor_count_turn(&rig.store, window + 1);
		/* What belongs to the next window does not touch it. */
		struct hyperloglog next[ROWS] = {0};
		random_burst(&r, next);
		for (unsigned row = 0; row < ROWS; row++)
			expect_registers(row, window, &expected[row]);
		reactor_count_turn(&rig.store, window + 2);
		for (unsigned row = 0; row < ROWS; row++)
			expect_registers(row, window + 1, &next[row]);
	}
}

Test(control_reactor_count, a_silent_channel_has_nobody_in_any_window)
{
	uint64_t window = window_now();

	react_all(0, 1, 100, 40);
	for (unsigned i = 1; i < 8; i++) {
		reactor_count_turn(&rig.store, window + i);
		react(0, 2, i);
		expect_about(1, window + i - 1, i == 1 ? 40 : 0);
		expect_about(2, window + i - 1, i == 1 ? 0 : 1);
	}
}

Test(control_reactor_count, a_worker_that_hangs_in_a_burst_is_not_waited_for)
{
	uint64_t window = window_now();

	worker_block_begin(&rig.store.blocks[1]);
	reactors_begin(&workers[1]);
	react_all(0, 0, 1, 10);
	reactor_count_turn(&rig.store, window + 1); // comes back
	expect_about(0, window, 10);
	react_all(0, 0, 1, 5);
	reactor_count_turn(&rig.store, window + 2);

	/* It goes on two windows later, in the bank that is now in use again. */
	react_all(0, 0, 100, 7);
	for (unsigned i = 0; i < 50; i++)
		note(1, 0, 1000 + i);
	reactors_end(&workers[1]);
	worker_block_end(&rig.store.blocks[1]);
	expect_about(0, window + 1, 5);
	expect_about(0, window + 2, 7);
	react_all(1, 0, 200, 3); // and counts again from its next burst on
	expect_about(0, window + 2, 10);
}

static void tap(struct windows *w, unsigned row, uint64_t taps)
{
	store_row_tallies(&rig.store, 0, row)[1] += taps;
	moved_mark(merge_marks(&w->merge, 0), row);
}

static struct windows new_windows(void)
{
	static const double weights[WIRE_REACTIONS_MAX];
	const struct mood_rules rules = {.weights = weights, .half_life_s = 60};
	struct windows w = {0};

	cr_assert_eq(windows_init(&w, rules, &rig.store), 0);
	return w;
}

Test(control_reactor_count, frames_tell_the_reactors_of_their_window)
{
	struct windows w = new_windows();
	struct window_span span = {.ends_ms = 2000, .length_ms = 2000};
	uint64_t first = window_now();

	react_all(0, 0, 1, 30);
	react_all(1, 0, 16, 30); // 15 of them are the same
	tap(&w, 0, 90);
	react_all(2, 1, 1, 30);
	tap(&w, 1, 20); // reactors of taps that came a moment later
	tap(&w, 2, 8);  // without a session
	react_all(2, 3, 1, 2);
	windows_close(&w, span);
	cr_expect_eq(w.number, first);
	cr_expect(w.last[0].reactors >= 43 && w.last[0].reactors <= 47, "%u", w.last[0].reactors);
	cr_expect_eq(w.last[1].reactors, 20, "never more than taps");
	cr_expect_eq(w.last[2].reactors, 0, "not known");
	cr_expect_eq(w.last[3].reactors, 0, "no taps, no reactors");

	react(0, 0, 1);
	tap(&w, 0, 3);
	windows_close(&w, span);
	cr_expect_eq(w.number, first + 1);
	cr_expect_eq(w.last[0].reactors, 1);
	cr_expect_eq(w.last[1].reactors, 0);
	windows_free(&w);
}

/* The next process counts for the window that this one has not shown. */
Test(control_reactor_count, a_kill_loses_nobody_of_the_window_that_was_not_shown)
{
	uint64_t window = window_now();

	react_all(0, 0, 1, 40);
	store_rig_close(&rig);
	start();
	cr_expect_eq(window_now(), window, "a new arena keeps its first number");
	react_all(1, 0, 31, 40);
	reactor_count_turn(&rig.store, window + 1); // and dies before the window is committed
	store_rig_close(&rig);
	start();
	cr_expect_eq(window_now(), window);
	react_all(2, 0, 71, 10);
	expect_about(0, window, 80);

	rig.windows = window - 1;
	store_rig_window(&rig, NULL);
	store_rig_close(&rig);
	start();
	cr_expect_eq(window_now(), window + 1);
	expect_about(0, window + 1, 0);
}

Test(control_reactor_count, the_key_is_random_and_stays)
{
	uint64_t key[2];

	memcpy(key, rig.store.reactors_head->key, sizeof(key));
	cr_expect(key[0] != 0 && key[1] != 0 && key[0] != key[1]);
	store_rig_close(&rig);
	start();
	cr_expect_eq(memcmp(key, rig.store.reactors_head->key, sizeof(key)), 0);
	tear_down();
	set_up();
	cr_expect_neq(rig.store.reactors_head->key[0], key[0]);
	cr_expect_neq(rig.store.reactors_head->key[1], key[1]);
}

/* Channel 1 is closed and shown, so the rows behind it move up. */
Test(control_reactor_count, another_number_of_workers_and_other_rows_carry_them_over)
{
	static const unsigned shapes[] = {1, 2, 3};
	const struct config_channel keep[] = {{.id = 0}, {.id = 2}, {.id = 3}};
	struct hyperloglog before[ROWS] = {0};
	uint64_t window = window_now();
	uint64_t key[2];

	memcpy(key, rig.store.reactors_head->key, sizeof(key));
	react_all(0, 1, 1, 50);
	reactor_count_turn(&rig.store, window + 1);
	rig.windows = window - 1;
	store_rig_window(&rig, NULL);
	window++;
	for (unsigned w = 0; w < WORKERS; w++) {
		react_all(w, 0, 1 + 10 * w, 20);
		react_all(w, 2, 1000 * w, 300);
	}
	for (unsigned row = 0; row < ROWS; row++)
		reactor_count_add(
			&rig.store, row, window, store_all_workers(&rig.store), &before[row]);
	store_close_others(&rig.store, keep, 3);
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		store_rig_close(&rig);
		rig.config.ports[0].queues = shapes[i];
		rig.config.arena_channels = ROWS + i;
		start();
		cr_expect_eq(window_now(), window);
		cr_expect_eq(memcmp(key, rig.store.reactors_head->key, sizeof(key)), 0);
		expect_registers(0, window, &before[0]);
		expect_registers(1, window, &before[2]);
		expect_registers(2, window, &before[3]);
	}
	react_all(0, 0, 1, 40); // the same forty
	expect_registers(0, window, &before[0]);
	react_all(2, 0, 41, 40);
	expect_about(0, window, 80);
}
