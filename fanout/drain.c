/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/drain.h"

#include "fanout/engine.h"

#include <sys/random.h>

enum { TOLD_AT_ONCE = 256 }; // in a turn, so that they all find room in the ring

uint32_t drain_random(void)
{
	uint32_t n = 0;

	return getrandom(&n, sizeof(n), GRND_NONBLOCK) == sizeof(n) ? n : 0;
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Steps that have no divisor with n in common come through all slots before the first again. */
static uint32_t step_through(uint32_t n)
{
	uint32_t step = n / 3 + drain_random() % (n / 3 + 1);

	while (common_divisor(step, n) != 1)
		step++;
	return step;
}

static void begin(struct engine_thread *t, uint64_t length, uint64_t now)
{
	struct drain *d = &t->drain;

	listeners_close(t);
	*d = (struct drain){
		.begun = true, .began = now, .length = length, .n = t->connections.high};
	if (d->n == 0)
		return;
	d->step = step_through(d->n);
	d->at = drain_random() % d->n;
}

static void tell_next(struct engine_thread *t)
{
	struct drain *d = &t->drain;
	struct connection *c = &t->connections.slots[d->at];

	d->at = (uint32_t)(((uint64_t)d->at + d->step) % d->n);
	d->done++;
	if (c->fd < 0 || c->closing || c->finishing)
		return;
	connection_tell_stopping(c);
	connection_settle(c);
}

void drain_step(struct engine_thread *t)
{
	struct drain *d = &t->drain;
	uint64_t length = atomic_load_explicit(&t->fanout->drain_ms, memory_order_acquire);

	if (length == 0 || (d->begun && d->done == d->n))
		return;
	uint64_t now = engine_clock_ms();
	if (!d->begun)
		begin(t, length, now);
	uint64_t elapsed = now - d->began < d->length ? now - d->began : d->length;
	for (unsigned i = 0; i < TOLD_AT_ONCE && d->done < d->n * elapsed / d->length; i++)
		tell_next(t);
}
