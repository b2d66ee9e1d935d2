/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How busy a worker is: ticks of the time stamp counter that it spent in turns which brought
 * frames, of all ticks. Polling looks like work to the operating system, so a worker keeps this
 * itself, at one reading of the counter a turn.
 *
 * The sums only grow, over restarts too: a reader takes differences. The ratio of the last tenth of
 * a second is there for the worker itself, and for whoever wants a figure without a memory of his
 * own.
 */
#ifndef DATAPLANE_LOAD_H
#define DATAPLANE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Published, in the worker's block. */
struct worker_load {
	uint64_t ticks_all;     // worker: wo, control: ro
	uint64_t ticks_busy;    // worker: wo, control: ro
	uint64_t naps;          // worker: wo, control: ro
	uint64_t busy_permille; // of the last whole window; worker: wo, control: ro
};

/* The worker's own. */
struct load_clock {
	uint64_t last;   // when the last turn ended
	uint64_t window; // ticks
	uint64_t began;  // the window
	uint64_t busy;   // ticks_busy when it began
};

static inline void load_begin(
	struct worker_load *l, struct load_clock *c, uint64_t window, uint64_t now)
{
	*c = (struct load_clock){
		.last = now, .window = window, .began = now, .busy = l->ticks_busy};
	l->busy_permille = 0;
}

/* Out of the way of a turn: it divides. */
void load_end_window(struct worker_load *l, struct load_clock *c, uint64_t now);

/* A turn ended now; did it bring frames? */
static inline void load_turn(struct worker_load *l, struct load_clock *c, uint64_t now, bool busy)
{
	uint64_t ticks = now - c->last;

	c->last = now;
	__atomic_store_n(&l->ticks_all, l->ticks_all + ticks, __ATOMIC_RELAXED);
	if (busy)
		__atomic_store_n(&l->ticks_busy, l->ticks_busy + ticks, __ATOMIC_RELAXED);
	if (__builtin_expect(now - c->began >= c->window, 0))
		load_end_window(l, c, now);
}

static inline void load_napped(struct worker_load *l)
{
	__atomic_store_n(&l->naps, l->naps + 1, __ATOMIC_RELAXED);
}

/* A copy; its fields may be a turn apart. */
static inline struct worker_load load_read(const struct worker_load *l)
{
	return (struct worker_load){
		.ticks_all = __atomic_load_n(&l->ticks_all, __ATOMIC_RELAXED),
		.ticks_busy = __atomic_load_n(&l->ticks_busy, __ATOMIC_RELAXED),
		.naps = __atomic_load_n(&l->naps, __ATOMIC_RELAXED),
		.busy_permille = __atomic_load_n(&l->busy_permille, __ATOMIC_RELAXED),
	};
}

#endif
