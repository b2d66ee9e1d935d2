/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/phase.h"

#include "client/clock.h"
#include "client/complain.h"

#include <string.h>

#define TICK (2 * CLOCK_MS)

// for the last taps to come back, and again for the ledger to settle
enum { DRAIN_WINDOWS = 4 };

static uint64_t windows_ns(const struct crowd *c, unsigned n)
{
	return (uint64_t)n * c->catalogue.window_ms * CLOCK_MS;
}

static void enter(struct crowd *c, enum phase phase, uint64_t deadline)
{
	c->phase = phase;
	c->deadline = deadline;
	c->windows = c->board.windows;
}

/* Frames may stay away; then the drain ends by the clock. */
static void enter_drain(struct crowd *c, enum phase phase)
{
	enter(c, phase, clock_now() + windows_ns(c, DRAIN_WINDOWS + 1) + 2 * CLOCK_SECOND);
}

void phase_fail(struct crowd *c)
{
	c->failed = true;
	c->phase = OVER;
}

void phase_start(struct crowd *c)
{
	enter(c, ARRIVING, clock_now() + windows_ns(c, 3) + CROWD_ARRIVE_SECONDS * CLOCK_SECOND);
}

static void step_arriving(struct crowd *c, uint64_t now)
{
	const struct crowd_options *o = c->options;
	char where[ENDPOINT_TEXT_MAX];

	if (scoreboard_ready(&c->board)) {
		scoreboard_begin(&c->board);
		feeder_start(&c->feeder, &c->tapper, c->sink, o->taps_per_second, o->seed, now);
		c->next_tick = now;
		enter(c, TAPPING, o->seconds > 0 ? now + o->seconds * CLOCK_SECOND : UINT64_MAX);
	} else if (now >= c->deadline) {
		complain("no frame of every channel came from %s in time",
			endpoint_write(&o->from, where));
		phase_fail(c);
	}
}

static void step_tapping(struct crowd *c, uint64_t now)
{
	if (now >= c->deadline) {
		enter_drain(c, DRAINING);
		return;
	}
	if (c->options->taps_per_second == 0 || now < c->next_tick)
		return;
	int ret = feeder_turn(&c->feeder, now);
	if (ret < 0) {
		complain("taps cannot be sent: %s", strerror(-ret));
		enter_drain(c, DRAINING);
	}
	c->next_tick = ret == 1 ? now : now + TICK;
}

static void enter_asking(struct crowd *c)
{
	enter_drain(c, ASKING);
	c->asked = UINT32_MAX;
}

static void step_draining(struct crowd *c, uint64_t now)
{
	if (scoreboard_counted(&c->board) >= c->feeder.taps_sent || now >= c->deadline ||
		c->board.windows - c->windows > DRAIN_WINDOWS)
		enter_asking(c);
}

/*
 * Asks once, and again after each window: that is when the figures move. They need not settle for a
 * crowd that sent nothing: what moves is of others.
 */
static void step_asking(struct crowd *c, uint64_t now)
{
	if (now >= c->deadline || c->board.windows - c->windows > DRAIN_WINDOWS) {
		c->phase = OVER;
		return;
	}
	if (c->asked == c->board.windows)
		return;
	c->asked = c->board.windows;
	int ret = ledger_ask(c->options->socket_path, now + 2 * CLOCK_SECOND, &c->ledger);
	if (ret < 0) {
		complain("the ledger could not be asked at %s: %s", c->options->socket_path,
			strerror(-ret));
		c->ledger = (struct ledger){0};
	}
	bool settled = c->ledger.settled || c->feeder.taps_sent == 0;
	if (ret < 0 || (c->ledger.balanced && settled))
		c->phase = OVER;
}

void phase_step(struct crowd *c)
{
	uint64_t now = clock_now();

	switch (c->phase) {
	case ARRIVING:
		step_arriving(c, now);
		break;
	case TAPPING:
		step_tapping(c, now);
		break;
	case DRAINING:
		step_draining(c, now);
		break;
	case ASKING:
		step_asking(c, now);
		break;
	case OVER:
		break;
	}
}

void phase_interrupt(struct crowd *c)
{
	if (c->phase == ARRIVING) {
		enter_asking(c); // nothing was sent that could be waited for
	} else if (c->phase == TAPPING) {
		enter_drain(c, DRAINING);
	} else if (c->phase != OVER) {
		complain("ended before every tap was accounted for");
		phase_fail(c);
	}
}

uint64_t phase_due(const struct crowd *c)
{
	if (c->phase == TAPPING && c->options->taps_per_second > 0 && c->next_tick < c->deadline)
		return c->next_tick;
	if (c->phase == DRAINING && scoreboard_counted(&c->board) >= c->feeder.taps_sent)
		return 0;
	if (c->phase == ASKING && c->asked != c->board.windows)
		return 0;
	return c->deadline;
}

const char *phase_words(const struct crowd *c)
{
	switch (c->phase) {
	case ARRIVING:
		return "waiting for the first window";
	case TAPPING:
		return c->feeder.rate == 0 ? "nobody taps" : match_words(&c->feeder.match);
	case DRAINING:
		return "waiting for the last taps";
	case ASKING:
		return "asking for the ledger";
	case OVER:
		break;
	}
	return "the end";
}
