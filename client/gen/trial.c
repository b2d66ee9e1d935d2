/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/trial.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/gen/stolen.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* The rest is awaited for so many times the drain at most, and for so long besides. */
enum { LOOK_MS = 10, REST_DRAINS = 10, REST_SECONDS = 5 };

/* A shorter one is made up for, or leaves out too few frames to matter (pace.h). */
static const double pause_seconds = 0.001;

static uint64_t arrived(const struct appliance_counts *c)
{
	return c->rx + c->missed + c->no_buffer;
}

/* What it took since; -ESTALE after a complaint if another process answers now. */
static int ask_since(const struct appliance *a, const struct appliance_counts *before,
	struct appliance_counts *took)
{
	struct appliance_counts now;
	int ret = appliance_ask(a, &now);

	if (ret < 0)
		return ret;
	if (appliance_is_another(before, &now)) {
		complain("the appliance was started anew meanwhile: nobody knows what it lost");
		return -ESTALE;
	}
	*took = appliance_since(before, &now);
	return 0;
}

/*
 * Until all that was sent has arrived, or nothing came for a while. Others may send, too, so that
 * something always comes. The signal is left to be taken: it ends the program.
 */
static int await_rest(const struct bench *b, const struct appliance_counts *before, struct trial *t)
{
	struct pollfd p = {.fd = b->signals, .events = POLLIN};
	uint64_t quiet_since = clock_now();
	uint64_t most = REST_DRAINS * CLOCK_MS * b->drain_ms + REST_SECONDS * CLOCK_SECOND;
	uint64_t ends = quiet_since + most;

	for (uint64_t last = 0;;) {
		int ret = ask_since(&b->appliance, before, &t->took);

		if (ret < 0 || arrived(&t->took) >= t->sent.sum.tally.frames)
			return ret;
		uint64_t now = clock_now();
		if (arrived(&t->took) != last)
			quiet_since = now;
		last = arrived(&t->took);
		if (now - quiet_since >= b->drain_ms * CLOCK_MS || now >= ends)
			return 0;
		if (poll(&p, 1, LOOK_MS) > 0)
			return -EINTR;
	}
}

/* A datagram that is refused, or a duplicate, costs less than one that counts. */
static bool counted_otherwise(const struct trial *t)
{
	const struct traffic_tally *had_to = &t->sent.sum.tally;

	return t->took.rx == had_to->frames &&
	       (t->took.accepted != had_to->accepted || t->took.taps != had_to->taps);
}

/*
 * Frames of somebody else (ARP, LLDP) are taken, too, and stand for as many of ours that are
 * missing; what the appliance itself says that it missed they cannot hide.
 */
void trial_judge(struct trial *t)
{
	uint64_t sent = t->sent.sum.tally.frames, came = arrived(&t->took);
	uint64_t untaken = sent > t->took.rx ? sent - t->took.rx : 0;
	uint64_t missed = t->took.missed + t->took.no_buffer;

	t->lost = t->sent.sum.refused;
	if (t->asked) {
		t->lost += untaken > missed ? untaken : missed;
		t->foreign = came > sent ? came - sent : 0;
		t->otherwise = counted_otherwise(t);
	}
	t->disturbed = t->took.switches > 0 || t->foreign > 0 || t->stolen > 0 ||
		       t->sent.pause > pause_seconds;
}

static int measure(const struct bench *b, crew_watcher *watch, void *ctx, struct trial *t)
{
	struct appliance_counts before;
	int ret = t->asked ? appliance_ask(&b->appliance, &before) : 0;

	if (ret == 0)
		ret = crew_send(
			b->crew, t->rate, t->wanted_seconds, b->signals, watch, ctx, &t->sent);
	if (ret == 0 && t->asked)
		return await_rest(b, &before, t);
	if (ret == 0) // what lies in the ring of memif would go with us
		poll(NULL, 0, (int)b->drain_ms);
	return ret;
}

int trial_run(const struct bench *b, double rate, double seconds, crew_watcher *watch, void *ctx,
	struct trial *out)
{
	memset(out, 0, sizeof(*out));
	out->rate = rate;
	out->wanted_seconds = seconds;
	out->asked = b->appliance.by != APPLIANCE_NONE;
	if (!device_has_link(b->device)) {
		complain("the link is down: the other end of the device has gone");
		return -ENOLINK;
	}
	double stolen = stolen_seconds();
	int ret = measure(b, watch, ctx, out);
	out->stolen = stolen_seconds() - stolen;
	if (ret < 0 && ret != -EINTR)
		return ret;
	out->sent.sum.answers += crew_late_answers(b->crew);
	trial_judge(out);
	if (out->sent.sum.spent) {
		complain("the sequence numbers of its viewers have ended: take more --sessions");
		return -ERANGE;
	}
	return out->sent.interrupted ? -EINTR : ret;
}
