/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What control reads of a worker: a consistent copy, or the word that it is none.
 */

#include "dataplane/worker_stats.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct writer {
	struct worker_block block;
	atomic_bool stop;
};

/* In each burst every counter gets the same value, so that a torn copy shows. */
static void *write_bursts(void *context)
{
	struct writer *w = context;
	volatile uint64_t *fields = (volatile uint64_t *)&w->block.stats;

	for (uint64_t n = 1; !atomic_load_explicit(&w->stop, memory_order_relaxed); n++) {
		worker_block_begin(&w->block);
		for (unsigned i = 0; i < sizeof(w->block.stats) / sizeof(uint64_t); i++)
			fields[i] = n;
		worker_block_end(&w->block);
		for (volatile unsigned pause = 0; pause < 200; pause++)
			;
	}
	return NULL;
}

Test(dataplane_worker_stats, a_copy_taken_while_a_worker_writes_is_of_one_moment)
{
	static struct writer w;
	struct worker_stats s;
	uint64_t last = 0, moved = 0, hung_in = 0;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, write_bursts, &w), 0);
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t fields[sizeof(s) / sizeof(uint64_t)];

		if (!worker_block_read(&w.block, &s, &hung_in))
			continue; // the worker waits for a CPU in the middle of a burst
		memcpy(fields, &s, sizeof(s));
		for (unsigned j = 1; j < sizeof(s) / sizeof(uint64_t); j++)
			cr_assert_eq(fields[j], fields[0], "field %u", j);
		cr_assert_geq(fields[0], last);
		moved += fields[0] != last;
		last = fields[0];
		if (i > 20000 && moved > 1000)
			break;
	}
	atomic_store(&w.stop, true);
	pthread_join(thread, NULL);
	cr_expect_gt(moved, 2, "the worker wrote meanwhile");
}

Test(dataplane_worker_stats, a_worker_that_stays_in_a_burst_is_told)
{
	struct worker_block block = {.stats = {.rx = 5}};
	struct worker_stats s;
	uint64_t hung_in = 0;

	cr_expect(worker_block_read(&block, &s, &hung_in));
	cr_expect(worker_block_settle(&block, &hung_in));
	worker_block_begin(&block);
	uint64_t begun = now_ms();
	cr_expect_not(worker_block_read(&block, &s, &hung_in));
	uint64_t waited = now_ms() - begun;
	cr_expect_geq(waited, 150, "it was patient: %lu ms", (unsigned long)waited);
	cr_expect_eq(hung_in, block.sequence, "the burst is noted");
	worker_block_end(&block);
	cr_expect(worker_block_read(&block, &s, &hung_in));
	cr_expect(worker_block_settle(&block, &hung_in));
	cr_expect_eq(s.rx, 5);
}

/* So often that it would be minutes, were it waited for each time. */
Test(dataplane_worker_stats, a_burst_that_was_waited_for_in_vain_is_not_waited_for_again,
	.timeout = 20)
{
	struct worker_block block = {.sequence = 7};
	struct worker_stats s;
	uint64_t hung_in = 0;

	for (unsigned i = 0; i < 300; i++) {
		cr_assert_not(worker_block_settle(&block, &hung_in));
		cr_assert_not(worker_block_read(&block, &s, &hung_in));
	}
}

/* From burst to burst without ever being seen between two. */
static void *never_rest(void *context)
{
	struct writer *w = context;

	while (!atomic_load_explicit(&w->stop, memory_order_relaxed))
		__atomic_store_n(&w->block.sequence, w->block.sequence + 2, __ATOMIC_RELEASE);
	return NULL;
}

Test(dataplane_worker_stats, settling_waits_for_one_burst_and_not_for_the_next)
{
	static struct writer w = {.block = {.sequence = 1}};
	bool settled = false;
	uint64_t hung_in = 0;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, never_rest, &w), 0);
	for (unsigned i = 0; i < 20 && !settled; i++) // its thread may have to wait for a CPU
		settled = worker_block_settle(&w.block, &hung_in);
	cr_expect(settled);
	atomic_store(&w.stop, true);
	pthread_join(thread, NULL);
}

Test(dataplane_worker_stats, every_field_is_added)
{
	struct worker_stats sum, add;
	uint64_t fields[sizeof(sum) / sizeof(uint64_t)];

	for (unsigned i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
		fields[i] = i + 1;
	memcpy(&add, fields, sizeof(add));
	memcpy(&sum, fields, sizeof(sum));
	worker_stats_add(&sum, &add);
	memcpy(fields, &sum, sizeof(sum));
	for (unsigned i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
		cr_expect_eq(fields[i], 2 * (i + 1), "field %u", i);
}

Test(dataplane_worker_stats, refused_is_the_sum_of_all_reasons_and_of_nothing_else)
{
	struct worker_stats s = {.rx = 1000, .accepted = 1000};

	s.refused[REFUSED_none] = 1000;
	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		s.refused[r] = r;
	cr_expect_eq(worker_stats_refused(&s), REFUSALS * (REFUSALS - 1) / 2);
}
