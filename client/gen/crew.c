/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/crew.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/crowd/signals.h"

#include <errno.h>
#include <poll.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <string.h>

enum { LOOK_MS = 5, LATE_MS = 20 };

int crew_open(struct crew *c, struct device *device, unsigned n, const struct traffic_spec *spec,
	bool answers)
{
	int ret = 0;

	memset(c, 0, sizeof(*c));
	c->device = device;
	while (ret == 0 && c->n < n) {
		struct sender *s = &c->senders[c->n];

		s->device = device;
		s->queue = c->n;
		s->lcore = c->n + 1;
		s->ring_is_theirs = device->reconnects; // memif
		s->answers = answers && c->n == 0;
		s->stop = &c->stop;
		ret = sender_open(s, spec, n);
		c->n += ret == 0;
	}
	if (ret < 0)
		crew_close(c);
	return ret;
}

void crew_close(struct crew *c)
{
	while (c->n > 0)
		sender_close(&c->senders[--c->n]);
}

static struct crew_progress look(const struct crew *c, uint64_t begun)
{
	struct crew_progress p = {.seconds = (double)(clock_now() - begun) / CLOCK_SECOND};

	for (unsigned i = 0; i < c->n; i++) {
		const struct sender *s = &c->senders[i];

		p.offered += atomic_load_explicit(&s->offered, memory_order_relaxed);
		p.sent += atomic_load_explicit(&s->sent, memory_order_relaxed);
		p.refused += atomic_load_explicit(&s->refused, memory_order_relaxed);
		p.answered += atomic_load_explicit(&s->answered, memory_order_relaxed);
	}
	return p;
}

static bool runs(const struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (rte_eal_get_lcore_state(c->senders[i].lcore) == RUNNING)
			return true;
	}
	return false;
}

/*
 * Until all are through. True: a signal ended it. This thread sleeps as long as it can, for where
 * it wakes up it may take the CPU from who sends or counts.
 */
static bool watch_over(struct crew *c, double seconds, int signals, crew_watcher *watch, void *ctx)
{
	struct pollfd p = {.fd = signals, .events = POLLIN};
	uint64_t begun = clock_now(), next = begun + CLOCK_SECOND;
	uint64_t end = begun + (uint64_t)(seconds * CLOCK_SECOND);
	bool interrupted = false;

	while (runs(c)) {
		int left = clock_left_ms(watch != NULL && next < end ? next : end);

		if (poll(&p, 1, left > LOOK_MS ? left : LOOK_MS) > 0 && signals_take(signals) > 0) {
			interrupted = true;
			atomic_store(&c->stop, true);
			end = 0;
		}
		if (watch != NULL && clock_now() >= next) {
			struct crew_progress now = look(c, begun);

			device_has_link(c->device); // or gets it again
			watch(ctx, &now);
			next += CLOCK_SECOND;
		}
	}
	return interrupted;
}

static void add_tally(struct traffic_tally *sum, const struct traffic_tally *t)
{
	sum->frames += t->frames;
	sum->bytes += t->bytes;
	sum->accepted += t->accepted;
	sum->batches += t->batches;
	sum->batches_counted += t->batches_counted;
	sum->taps += t->taps;
	for (unsigned r = 0; r < REFUSALS; r++)
		sum->refused[r] += t->refused[r];
}

static void add(struct sender_counts *sum, const struct sender_counts *c)
{
	sum->offered += c->offered;
	sum->refused += c->refused;
	sum->late += c->late;
	sum->full += c->full;
	add_tally(&sum->tally, &c->tally);
	sum->answers += c->answers;
	sum->ticks = c->ticks > sum->ticks ? c->ticks : sum->ticks;
	sum->busy_ticks += c->busy_ticks;
	sum->whole += c->whole;
	sum->whole_ticks += c->whole_ticks;
	sum->pause_ticks = c->pause_ticks > sum->pause_ticks ? c->pause_ticks : sum->pause_ticks;
	sum->switches += c->switches;
	sum->spent = sum->spent || c->spent;
}

static void report(const struct crew *c, struct crew_report *out)
{
	double hz = (double)rte_get_tsc_hz();

	for (unsigned i = 0; i < c->n; i++) {
		const struct sender_counts *s = &c->senders[i].counts;

		add(&out->sum, s);
		if (s->whole_ticks > 0)
			out->ceiling += (double)s->whole * hz / (double)s->whole_ticks;
	}
	out->seconds = (double)out->sum.ticks / hz;
	out->pause = (double)out->sum.pause_ticks / hz;
	if (out->sum.ticks > 0) {
		out->offered_rate = (double)out->sum.offered / out->seconds;
		out->busy = (double)out->sum.busy_ticks / (double)out->sum.ticks / c->n;
	}
}

int crew_send(struct crew *c, double rate, double seconds, int signals, crew_watcher *watch,
	void *ctx, struct crew_report *out)
{
	int ret = 0;

	memset(out, 0, sizeof(*out));
	atomic_store(&c->stop, false);
	for (unsigned i = 0; i < c->n; i++) {
		c->senders[i].order = (struct sender_order){rate / c->n, seconds};
		ret = rte_eal_remote_launch(sender_run, &c->senders[i], c->senders[i].lcore);
		if (ret < 0) {
			complain("core %u does not send: %s", c->senders[i].lcore, strerror(-ret));
			atomic_store(&c->stop, true);
			break;
		}
	}
	out->interrupted = watch_over(c, seconds, signals, watch, ctx);
	rte_eal_mp_wait_lcore();
	report(c, out);
	return ret;
}

uint64_t crew_late_answers(struct crew *c)
{
	struct sender_counts *counts = &c->senders[0].counts;
	uint64_t before = counts->answers, last;

	if (!c->senders[0].answers)
		return 0;
	do {
		last = counts->answers;
		poll(NULL, 0, LATE_MS);
		sender_take_answers(&c->senders[0]);
	} while (counts->answers > last);
	return counts->answers - before;
}
