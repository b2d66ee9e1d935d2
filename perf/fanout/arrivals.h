/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the processes that hold subscribers share with the benchmark: when each frame arrived, in
 * the order of arrival. Frames are known by their window; the table has room for a few windows at a
 * time, and the benchmark empties a place before its frame is published.
 */
#ifndef PERF_FANOUT_ARRIVALS_H
#define PERF_FANOUT_ARRIVALS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRIVALS_PLACES = 8 };

struct arrivals {
	unsigned subscribers;
	_Atomic uint32_t ready;   // have subscribed
	_Atomic uint32_t lost;    // have been closed, or got what they did not ask for
	_Atomic uint32_t newest;  // window
	_Atomic uint32_t awaited; // so many make a frame whole
	_Atomic uint32_t news;    // a futex: a frame is whole, or all are ready, or one is lost
	_Atomic uint32_t n[ARRIVALS_PLACES];
	uint64_t at[]; // of each place, subscribers; nanoseconds of arrivals_now()
};

/* NULL: no memory. Processes that are forked later share it. */
struct arrivals *arrivals_new(unsigned subscribers);
void arrivals_free(struct arrivals *a);

uint64_t arrivals_now(void);

void arrivals_empty(struct arrivals *a, uint32_t window);
void arrivals_add(struct arrivals *a, uint32_t window, uint64_t at);
uint32_t arrivals_count(const struct arrivals *a, uint32_t window);
const uint64_t *arrivals_of(const struct arrivals *a, uint32_t window);

/* What waits in the two functions below is woken. */
void arrivals_tell(struct arrivals *a);

/* False: not within so many seconds, or a subscriber was lost. */
bool arrivals_await_ready(struct arrivals *a, double seconds);
bool arrivals_await(struct arrivals *a, uint32_t window, double seconds);

#endif
