/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/reactor_count.h"

#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>

/* For all workers together. A burst takes microseconds, and a late window is worse than this. */
enum { PATIENCE_NS = 2000000 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int reactor_count_begin(struct store *s)
{
	struct reactors_head *head = s->reactors_head;

	store_seed_window(s, head->first_window == 0 ? (uint64_t)time(NULL) : 0);
	if (head->key[0] != 0 && head->key[1] != 0)
		return 0;
	if (getrandom(head->key, sizeof(head->key), 0) != sizeof(head->key))
		return -errno;
	return 0;
}

/* Waits until the burst is over in which the worker is. */
static void settle(const struct worker_block *b, uint64_t deadline)
{
	uint64_t begun = __atomic_load_n(&b->sequence, __ATOMIC_ACQUIRE);

	while (begun % 2 != 0 && __atomic_load_n(&b->sequence, __ATOMIC_ACQUIRE) == begun) {
		if (now_ns() >= deadline)
			return;
		sched_yield();
	}
}

/*
 * The workers have no fence between beginning a burst and asking for the window, which would cost
 * them more than it is worth. So in some nanoseconds one may begin unseen and still write to the
 * old bank: a burst at most, and only missing.
 */
void reactor_count_turn(struct store *s, uint64_t window)
{
	uint64_t deadline = now_ns() + PATIENCE_NS;

	__atomic_store_n(&s->reactors_head->window, window, __ATOMIC_SEQ_CST);
	for (unsigned w = 0; w < s->workers; w++)
		settle(&s->blocks[w], deadline);
}

void reactor_count_add(const struct store *s, unsigned row, uint64_t window, uint64_t workers,
	struct hyperloglog *sum)
{
	for (uint64_t rest = workers; rest != 0; rest &= rest - 1) {
		unsigned w = (unsigned)__builtin_ctzll(rest);
		const struct reactors_line *lines =
			store_row_reactors(s, w, row)->banks[window & 1];
		const struct reactors_line *next =
			store_row_reactors(s, (w + 1) % s->workers, row)->banks[window & 1];

		for (unsigned i = 0; i < REACTORS_LINES; i++)
			__builtin_prefetch(&next[i]);
		for (unsigned i = 0; i < REACTORS_LINES; i++) {
			if (__atomic_load_n(&lines[i].window, __ATOMIC_ACQUIRE) == (uint32_t)window)
				hyperloglog_merge_line(sum->registers[i], lines[i].registers);
		}
	}
}

/* Who reacted has tapped at least once, so taps bound an estimate that is a little too high. */
uint32_t reactor_count_estimate(const struct hyperloglog *h, uint64_t taps)
{
	uint32_t estimate = hyperloglog_estimate(h);

	return estimate < taps ? estimate : (uint32_t)taps;
}

void reactor_count_carry(
	const struct store *old, unsigned row, uint64_t window, struct store *fresh, unsigned to)
{
	struct reactors_line *lines = store_row_reactors(fresh, 0, to)->banks[window & 1];
	struct hyperloglog h = {0};

	reactor_count_add(old, row, window, store_all_workers(old), &h);
	for (unsigned i = 0; i < REACTORS_LINES; i++) {
		memcpy(lines[i].registers, h.registers[i], REACTORS_IN_LINE);
		lines[i].window = (uint32_t)window;
	}
}
