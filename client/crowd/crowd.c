/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The crowd's loop: one thread waits in poll() for frames, signals and the next tick.
 */

#include "client/crowd/crowd.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/crowd/audience.h"
#include "client/crowd/closing.h"
#include "client/crowd/phase.h"
#include "client/crowd/signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct table_facts facts_of(const struct crowd *c)
{
	return (struct table_facts){
		.options = c->options,
		.catalogue = &c->catalogue,
		.board = &c->board,
		.doing = phase_words(c),
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

/* When the loop must turn even if nothing comes. */
static uint64_t next_turn(const struct crowd *c)
{
	uint64_t at = phase_due(c);

	if (c->show.table && c->show.draw_at < at)
		at = c->show.draw_at;
	if (c->subscription.state == SUBSCRIPTION_LOST && c->subscription.retry_at < at)
		at = c->subscription.retry_at;
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
		phase_fail(c);
	} else if (ret == 1 && c->subscription.attempts == 1 && !c->show.table) {
		complain("no connection to %s; trying again",
			endpoint_write(&c->options->from, where));
	}
}

static int conclude(struct crowd *c)
{
	struct closing closing = {
		.taps = c->options->taps_per_second > 0,
		.windows = c->board.windows,
		.taps_sent = c->feeder.taps_sent,
		.taps_counted = scoreboard_counted(&c->board),
		.balanced = c->ledger.balanced,
	};
	char line[160];

	if (c->failed)
		return 1;
	if (closing.taps && closing.taps_counted > closing.taps_sent)
		complain("more was counted than this crowd sent: somebody else taps its channels, "
			 "too");
	closing_write(&closing, line, sizeof(line));
	puts(line);
	return fflush(stdout) == 0 ? closing_status(&closing) : 1;
}

static int run(struct crowd *c)
{
	struct pollfd fds[2];

	phase_start(c);
	take_news(c, 0); // connects
	while (c->phase != OVER) {
		struct table_facts facts = facts_of(c);

		show_turn(&c->show, &facts, clock_now());
		wait_events(c, fds);
		for (unsigned n = fds[0].revents == 0 ? 0 : signals_take(c->signals); n > 0; n--)
			phase_interrupt(c);
		if (c->phase != OVER)
			take_news(c, fds[1].revents);
		phase_step(c);
	}
	static struct board_sum last;
	if (scoreboard_end(&c->board, &last))
		show_sum(&c->show, &c->catalogue, &last);
	struct table_facts facts = facts_of(c);
	show_end(&c->show, &facts);
	return conclude(c);
}

/* The appliance may still be starting. 0, or -errno after a complaint. */
static int fetch_catalogue(struct crowd *c)
{
	uint64_t deadline = clock_now() + CROWD_ARRIVE_SECONDS * CLOCK_SECOND;
	char why[CATALOGUE_WHY_MAX], where[ENDPOINT_TEXT_MAX];
	int ret;

	for (;;) {
		ret = catalogue_fetch(&c->options->http, deadline, &c->catalogue, why);
		if (ret == 0 || ret == -EINVAL || clock_left_ms(deadline) == 0)
			break;
		struct pollfd p = {.fd = c->signals, .events = POLLIN};
		if (poll(&p, 1, 200) > 0) {
			complain("ended before the appliance answered");
			return -EINTR;
		}
	}
	if (ret < 0)
		complain("no catalogue from http://%s/v1/catalogue: %s",
			endpoint_write(&c->options->http, where), why);
	return ret;
}

static uint64_t unix_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / CLOCK_MS;
}

/* 0, or -errno after a complaint. */
static int open_issuer(struct crowd *c)
{
	const struct crowd_options *o = c->options;
	char why[TICKET_WHY_MAX];
	int ret = 0;

	if (o->ticket_key_file != NULL)
		ret = ticket_issuer_open(
			&c->issuer, o->ticket_key_file, (uint8_t)o->ticket_key, why);
	if (ret < 0)
		complain("no tickets: %s", why);
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
	ret = scoreboard_init(&c->board, audience.channels, audience.n, unix_ms());
	if (ret == 0)
		ret = tapper_init(&c->tapper, &c->catalogue, audience.channels, audience.n,
			audience_viewers(o->taps_per_second), o->seed ^ 0x75);
	if (ret == 0 && c->issuer != NULL)
		ret = tapper_use_tickets(&c->tapper, c->issuer);
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
	if (open_issuer(c) == 0 && settle_in(c) == 0)
		status = run(c);
	subscription_close(&c->subscription);
	scoreboard_free(&c->board);
	tapper_free(&c->tapper);
	ticket_issuer_close(c->issuer);
	catalogue_free(&c->catalogue);
	if (c->signals >= 0)
		close(c->signals);
	free(c);
	return status;
}
