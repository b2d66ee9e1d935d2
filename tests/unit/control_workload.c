/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the workers did in a window, and when a queue that takes nearly all of a port is spoken of.
 * Workers 0 and 1 have port 0, workers 2 and 3 port 1 (see control_stats.c), worker 4 port 2.
 */

#include "control/workload.h"

#include <criterion/criterion.h>

enum { WORKERS = 5, MANY = 10 * WORKLOAD_ENOUGH };

static struct worker_block blocks[WORKERS];
static struct store store = {.workers = WORKERS, .blocks = blocks};
static struct workload work;

static void set_up(void)
{
	blocks[1] = (struct worker_block){.stats.rx = 1000, .load.ticks_all = 500}; // earlier
	workload_init(&work, &store, NULL);
}

TestSuite(control_workload, .init = set_up);

/* A window in which two workers received this, in bursts of 10, for 2 ticks a frame of 5. */
static void window(unsigned first, uint64_t rx, uint64_t rx_of_next)
{
	for (unsigned i = 0; i < 2; i++) {
		struct worker_block *b = &blocks[first + i];
		uint64_t frames = i == 0 ? rx : rx_of_next;

		b->stats.rx += frames;
		b->stats.bursts += frames / 10;
		b->load.ticks_busy += 2 * frames;
		b->load.ticks_all += 5 * frames;
	}
	workload_update(&work, &store);
}

Test(control_workload, a_window_has_what_grew_in_it)
{
	window(0, 300, 700);
	window(2, 50, 0);
	window(0, 30, 10);
	const struct workload_worker *one = &work.workers[1];
	cr_expect_eq(one->in.rx, 10);
	cr_expect_eq(one->in.bursts, 1);
	cr_expect_eq(one->in.ticks_busy, 20);
	cr_expect_eq(one->in.ticks_all, 50);
	cr_expect_eq(one->share_permille, 250);
	cr_expect_eq(one->queue.port, 0);
	cr_expect_eq(one->queue.queue, 1);
	cr_expect_eq(work.workers[2].in.rx, 0);
	cr_expect_eq(work.workers[2].share_permille, 0);
}

Test(control_workload, shares_are_of_the_port)
{
	blocks[0].stats.rx += 1000000;
	window(2, 300, 100);
	cr_expect_eq(work.workers[0].share_permille, 1000);
	cr_expect_eq(work.workers[2].share_permille, 750);
	cr_expect_eq(work.workers[3].share_permille, 250);
}

Test(control_workload, more_than_four_fifths_on_one_queue_are_spoken_of_once)
{
	const struct workload_worker *one;

	window(2, 800, 200 + MANY);
	one = workload_skew(&work, 1, 1);
	cr_assert_eq(one, &work.workers[3]);
	cr_expect_eq(one->queue.queue, 1);
	for (unsigned n = 1; n < 10; n++) {
		window(2, 0, MANY);
		cr_expect_eq(workload_skew(&work, 1, n * WORKLOAD_SILENCE_MS), NULL);
	}
	cr_expect_eq(workload_skew(&work, 0, 1), NULL, "another port");
}

Test(control_workload, four_fifths_are_not_too_much)
{
	window(0, 8 * MANY, 2 * MANY);
	cr_expect_eq(workload_skew(&work, 0, 1), NULL);
	window(0, 802 * MANY, 198 * MANY);
	cr_expect_eq(workload_skew(&work, 0, 1), &work.workers[0]);
}

Test(control_workload, few_frames_and_single_queues_are_not_spoken_of)
{
	window(0, WORKLOAD_ENOUGH - 1, 0);
	cr_expect_eq(workload_skew(&work, 0, 1), NULL);
	window(0, WORKLOAD_ENOUGH, 0);
	cr_expect_eq(workload_skew(&work, 0, 1), &work.workers[0]);
	blocks[4].stats.rx += MANY;
	workload_update(&work, &store);
	cr_expect_eq(work.workers[4].share_permille, 1000);
	cr_expect_eq(workload_skew(&work, 2, 1), NULL);
}

Test(control_workload, a_change_is_spoken_of_but_not_more_than_once_a_minute)
{
	uint64_t now = 1000;

	window(0, MANY, 0);
	cr_expect_neq(workload_skew(&work, 0, now), NULL);
	window(0, 0, MANY);
	cr_expect_eq(workload_skew(&work, 0, now += WORKLOAD_SILENCE_MS - 1), NULL);
	window(0, 0, MANY);
	cr_expect_eq(workload_skew(&work, 0, ++now), &work.workers[1], "late, but said");
	now += WORKLOAD_SILENCE_MS;
	window(0, MANY, 3 * MANY);
	cr_expect_eq(workload_skew(&work, 0, now), NULL, "less, but not even");
	window(0, 0, MANY);
	cr_expect_eq(workload_skew(&work, 0, now), NULL, "it was no change");
	window(0, MANY, MANY);
	cr_expect_eq(workload_skew(&work, 0, now), NULL);
	window(0, 0, MANY);
	cr_expect_eq(workload_skew(&work, 0, now), &work.workers[1], "again, after it was even");
}
