/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/arrivals.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static size_t bytes(unsigned subscribers)
{
	return sizeof(struct arrivals) + sizeof(uint64_t) * ARRIVALS_PLACES * subscribers;
}

struct arrivals *arrivals_new(unsigned subscribers)
{
	struct arrivals *a = mmap(NULL, bytes(subscribers), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (a == MAP_FAILED)
		return NULL;
	a->subscribers = subscribers;
	a->awaited = subscribers;
	return a;
}

void arrivals_free(struct arrivals *a)
{
	if (a != NULL)
		munmap(a, bytes(a->subscribers));
}

uint64_t arrivals_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void arrivals_empty(struct arrivals *a, uint32_t window)
{
	atomic_store(&a->n[window % ARRIVALS_PLACES], 0);
}

uint32_t arrivals_count(const struct arrivals *a, uint32_t window)
{
	return atomic_load(&a->n[window % ARRIVALS_PLACES]);
}

const uint64_t *arrivals_of(const struct arrivals *a, uint32_t window)
{
	return &a->at[(size_t)(window % ARRIVALS_PLACES) * a->subscribers];
}

void arrivals_tell(struct arrivals *a)
{
	atomic_fetch_add(&a->news, 1);
	syscall(SYS_futex, &a->news, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void arrivals_add(struct arrivals *a, uint32_t window, uint64_t at)
{
	uint32_t place = window % ARRIVALS_PLACES;
	uint32_t before = atomic_fetch_add(&a->n[place], 1);

	if (before < a->subscribers)
		a->at[(size_t)place * a->subscribers + before] = at;
	if (atomic_load_explicit(&a->newest, memory_order_relaxed) < window)
		atomic_store(&a->newest, window);
	if (before + 1 == atomic_load_explicit(&a->awaited, memory_order_relaxed))
		arrivals_tell(a);
}

/* Until the deadline, or until something has changed since the news were `seen`. */
static bool wait(struct arrivals *a, uint32_t seen, uint64_t deadline)
{
	uint64_t now = arrivals_now();

	if (now >= deadline)
		return false;
	struct timespec t = {.tv_sec = (time_t)((deadline - now) / 1000000000),
		.tv_nsec = (long)((deadline - now) % 1000000000)};
	syscall(SYS_futex, &a->news, FUTEX_WAIT, seen, &t, NULL, 0);
	return true;
}

bool arrivals_await_ready(struct arrivals *a, double seconds)
{
	uint64_t deadline = arrivals_now() + (uint64_t)(seconds * 1e9);
	bool time = true;

	while (time && a->lost == 0 && a->ready < a->subscribers) {
		uint32_t seen = a->news;

		time = a->lost > 0 || a->ready == a->subscribers || wait(a, seen, deadline);
	}
	return a->lost == 0 && a->ready == a->subscribers;
}

bool arrivals_await(struct arrivals *a, uint32_t window, double seconds)
{
	uint64_t deadline = arrivals_now() + (uint64_t)(seconds * 1e9);
	bool time = true;

	while (time && a->lost == 0 && arrivals_count(a, window) < a->awaited) {
		uint32_t seen = a->news;

		time = a->lost > 0 || arrivals_count(a, window) >= a->awaited ||
		       wait(a, seen, deadline);
	}
	return a->lost == 0 && arrivals_count(a, window) >= a->awaited;
}
