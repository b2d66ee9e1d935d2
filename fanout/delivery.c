/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/delivery.h"

#include <time.h>

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* When so many had been sent, on a straight line between two steps. */
static uint64_t when(const struct delivery *d, uint64_t sent)
{
	struct delivery_step before = d->steps[0];

	for (unsigned i = 0; i < d->n; i++) {
		struct delivery_step step = d->steps[i];

		if (step.sent >= sent && step.sent > before.sent)
			return before.at + (step.at - before.at) * (sent - before.sent) /
						   (step.sent - before.sent);
		if (step.sent >= sent)
			return step.at;
		before = step;
	}
	return before.at;
}

static uint64_t since(const struct delivery *d, uint64_t at)
{
	return at > d->ended ? at - d->ended : 0;
}

static void finish(struct delivery *d)
{
	if (d->n > 0) {
		uint64_t last = d->steps[d->n - 1].sent;

		histogram_add(&d->first, since(d, d->steps[0].at));
		histogram_add(
			&d->median, since(d, when(d, d->before + (last - d->before + 1) / 2)));
		histogram_add(&d->last, since(d, d->steps[d->n - 1].at));
	}
	d->ended = 0;
}

void delivery_begin(struct delivery *d, uint64_t ended, uint64_t sent)
{
	if (d->ended != 0)
		finish(d);
	d->ended = ended;
	d->before = sent;
	d->n = 0;
}

/* Every other one, but always the first. */
static void thin_out(struct delivery *d)
{
	for (unsigned i = 1; i < DELIVERY_STEPS / 2; i++)
		d->steps[i] = d->steps[2 * i];
	d->n = DELIVERY_STEPS / 2;
}

void delivery_turn(struct delivery *d, uint64_t sent, bool wave_over)
{
	if (d->ended == 0)
		return;
	if (sent > (d->n == 0 ? d->before : d->steps[d->n - 1].sent)) {
		if (d->n == DELIVERY_STEPS)
			thin_out(d);
		d->steps[d->n++] = (struct delivery_step){clock_ns(), sent};
	} else if (wave_over) {
		finish(d);
	}
}
