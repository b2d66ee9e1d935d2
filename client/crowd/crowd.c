/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The crowd's loop: one thread waits in poll() for frames, signals and the next tick. A run goes
 * through the phases of enum phase, each of which ends by an event or at a deadline.
 */

#include "client/crowd/crowd.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/crowd/audience.h"
#include "client/crowd/closing.h"
#include "client/crowd/feeder.h"
#include "client/crowd/show.h"
#include "client/crowd/signals.h"
#include "client/ledger.h"
#include "client/subscription.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK (2 * CLOCK_MS)

enum {
	ARRIVE_SECONDS = 10, // for the catalogue
	DRAIN_WINDOWS = 4,   // for the last taps to come back, and for the ledger to settle
};

enum phase {
	ARRIVING, // a frame of each channel tells where its total stands
	TAPPING,
	DRAINING, // until all that was sent was counted
	ASKING,   // until the ledger has settled
	OVER,
};

struct crowd {
	const struct crowd_options *options;
	struct catalogue catalogue;
	struct subscription subscription;
	struct scoreboard board;
	struct tapper tapper;
	struct feeder feeder;
	struct sink sink;
	struct show show;
	int signals;
	enum phase phase;
	bool failed;        // the run ends without a closing line
	uint64_t next_tick; // while TAPPING
	uint64_t deadline;  // of the phase
	uint32_t windows;   // seen when the phase began
	uint32_t asked;     // windows seen when the ledger was asked last
	struct ledger ledger;
};

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

static void fail(struct crowd *c)
{
	c->failed = true;
	c->phase = OVER;
}

static struct table_facts facts_of(const struct crowd *c)
{
	static const char *const doing[] = {
		[ARRIVING] = "waiting for the first window",
		[DRAINING] = "waiting for the last taps",
		[ASKING] = "asking for the ledger",
		[OVER] = "the end",
	};

	return (struct table_facts){
		.options = c->options,
		.catalogue = &c->catalogue,
		.board = &c->board,
		.doing = c->phase != TAPPING   ? doing[c->phase]
			 : c->feeder.rate == 0 ? "nobody taps"
					       : match_words(&c->feeder.match),
		.taps_sent = c->feeder.taps_sent,
		.datagrams_sent = c->feeder.datagrams_sent,
		.connected = c->subscription.state == SUBSCRIPTION_OPEN,
	};
}

static int take_frame(void *ctx, const uint8_t *message, size_t len)
{
	static struct board_sum sum;
	struct crowd *c = ctx;
	struct frame f;

	if (frame_decode(message, len, &f) < 0)
		return 0; // a newer appliance may send more than this version knows
	if (scoreboard_take(&c->board, &f, &sum))
		show_sum(&c->show, &c->catalogue, &sum);
	return 0;
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
		fail(c);
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

static void step_draining(struct crowd *c, uint64_t now)
{
	if (scoreboard_counted(&c->board) >= c->feeder.taps_sent || now >= c->deadline ||
		c->board.windows - c->windows > DRAIN_WINDOWS) {
		enter_drain(c, ASKING);
		c->asked = UINT32_MAX;
	}
}

/* Asks once, and again after each window: that is when the figures move. */
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
	if (ret < 0 || (c->ledger.balanced && c->ledger.settled))
		c->phase = OVER;
}

static void step(struct crowd *c)
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

static void take_signals(struct crowd *c)
{
	for (unsigned n = signals_take(c->signals); n > 0; n--) {
		if (c->phase == TAPPING) {
			enter_drain(c, DRAINING);
		} else {
			complain("ended before every tap was accounted for");
			fail(c);
		}
	}
}

/* When the loop must turn even if nothing comes. */
static uint64_t next_turn(const struct crowd *c)
{
	int retry = subscription_timeout(&c->subscription);
	uint64_t at = c->deadline;

	if (c->phase == TAPPING && c->options->taps_per_second > 0 && c->next_tick < at)
		at = c->next_tick;
	if (c->show.table && c->show.draw_at < at)
		at = c->show.draw_at;
	if (retry >= 0 && c->subscription.retry_at < at)
		at = c->subscription.retry_at;
	if (c->phase == DRAINING && scoreboard_counted(&c->board) >= c->feeder.taps_sent)
		at = 0;
	if (c->phase == ASKING && c->asked != c->board.windows)
		at = 0;
	return at;
}

static void wait_events(struct crowd *c, struct pollfd fds[2])
{
	uint64_t at = next_turn(c), now = clock_now(), left = at > now ? at - now : 0;
	struct timespec timeout = {
		.tv_sec = (time_t)(left / CLOCK_SECOND), .tv_nsec = (long)(left % CLOCK_SECOND)};

	fds[0] = (struct pollfd){.fd = c->signals, .events = POLLIN};
	fds[1] = subscription_poll(&c->subscription);
	if (ppoll(fds, 2, at == UINT64_MAX ? NULL : &timeout, NULL) < 0)
		fds[0].revents = fds[1].revents = 0;
}

static void take_news(struct crowd *c, short revents)
{
	char where[ENDPOINT_TEXT_MAX];
	int ret = subscription_turn(&c->subscription, revents, take_frame, c);

	if (ret == -EPERM) {
		complain("%s refuses: %s", endpoint_write(&c->options->from, where),
			c->subscription.refusal);
		fail(c);
	} else if (ret == 1 && c->subscription.attempts == 1 && !c->show.table) {
		complain("no connection to %s; trying again",
			endpoint_write(&c->options->from, where));
	}
}

static int conclude(struct crowd *c)
{
	struct closing closing = {
		.windows = c->board.windows,
		.taps_sent = c->feeder.taps_sent,
		.taps_counted = scoreboard_counted(&c->board),
		.balanced = c->ledger.balanced,
	};
	char line[160];

	if (c->failed)
		return 1;
	if (closing.taps_counted > closing.taps_sent)
		complain("more was counted than this crowd sent: somebody else taps its channels, "
			 "too");
	closing_write(&closing, line, sizeof(line));
	puts(line);
	return fflush(stdout) == 0 ? closing_status(&closing) : 1;
}

static int run(struct crowd *c)
{
	struct pollfd fds[2];

	enter(c, ARRIVING, clock_now() + windows_ns(c, 3) + ARRIVE_SECONDS * CLOCK_SECOND);
	take_news(c, 0); // connects
	while (c->phase != OVER) {
		struct table_facts facts = facts_of(c);

		show_turn(&c->show, &facts, clock_now());
		wait_events(c, fds);
		if (fds[0].revents != 0)
			take_signals(c);
		if (c->phase != OVER)
			take_news(c, fds[1].revents);
		step(c);
	}
	struct table_facts facts = facts_of(c);
	show_end(&c->show, &facts);
	return conclude(c);
}

/* The appliance may still be starting. 0, or -errno after a complaint. */
static int fetch_catalogue(struct crowd *c)
{
	uint64_t deadline = clock_now() + ARRIVE_SECONDS * CLOCK_SECOND;
	char why[CATALOGUE_WHY_MAX], where[ENDPOINT_TEXT_MAX];
	int ret;

	for (;;) {
		ret = catalogue_fetch(&c->options->http, deadline, &c->catalogue, why);
		if (ret == 0 || ret == -EINVAL || clock_left_ms(deadline) == 0)
			break;
		struct pollfd p = {.fd = c->signals, .events = POLLIN};
		if (poll(&p, 1, 200) > 0)
			return -EINTR;
	}
	if (ret < 0)
		complain("no catalogue from http://%s/v1/catalogue: %s",
			endpoint_write(&c->options->http, where), why);
	return ret;
}

/* 0, or -errno after a complaint. */
static int settle_in(struct crowd *c)
{
	const struct crowd_options *o = c->options;
	struct audience audience;
	int ret = fetch_catalogue(c);

	if (ret < 0)
		return ret;
	audience_choose(&c->catalogue, &audience);
	if (audience.n == 0) {
		complain("the appliance has no channel from 1 up that the crowd could tap");
		return -ENOENT;
	}
	ret = scoreboard_init(&c->board, audience.channels, audience.n);
	if (ret == 0)
		ret = tapper_init(&c->tapper, &c->catalogue, audience.channels, audience.n,
			audience_viewers(o->taps_per_second), o->seed ^ 0x75);
	if (ret == 0)
		ret = subscription_init(
			&c->subscription, &o->from, audience.channels, audience.n, false);
	if (ret < 0)
		complain("the crowd cannot form: %s", strerror(-ret));
	return ret;
}

int crowd_run(const struct crowd_options *options, struct sink sink)
{
	struct crowd *c = calloc(1, sizeof(*c));
	int status = 1;

	if (c == NULL) {
		complain("the crowd cannot form: %s", strerror(ENOMEM));
		return 1;
	}
	c->options = options;
	c->sink = sink;
	c->subscription.fd = -1;
	c->signals = signals_open();
	show_init(&c->show, STDOUT_FILENO);
	if (settle_in(c) == 0)
		status = run(c);
	subscription_close(&c->subscription);
	scoreboard_free(&c->board);
	tapper_free(&c->tapper);
	catalogue_free(&c->catalogue);
	if (c->signals >= 0)
		close(c->signals);
	free(c);
	return status;
}
