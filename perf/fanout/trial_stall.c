/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/trial_phases.h"

static void fill(struct trial *t, struct entry *e)
{
	double user = process_memory(e->runner.server.pid), sockets = kernel_tcp_buffers();
	double end = (double)arrivals_now() / 1e9 + t->plan->filling_seconds;
	struct round o;

	holders_stall(&e->runner.holders, e->runner.arrivals);
	e->window_begin = e->runner.window;
	for (unsigned i = 0; i < FILLING_ROUNDS || (double)arrivals_now() / 1e9 < end; i++) {
		if (!runner_round(&e->runner, &o)) {
			trial_drop(e, "a round with stalled subscribers");
			return;
		}
	}
	double stalled = e->runner.holders.stalled;
	row_add(e->row, M_STALL_ROUNDS, e->runner.window - e->window_begin);
	row_add(e->row, M_STALL_SOCKETS, (kernel_tcp_buffers() - sockets) / stalled);
	row_add(e->row, M_STALL_USER, (process_memory(e->runner.server.pid) - user) / stalled);
	e->user_begin = process_memory(e->runner.server.pid);
	e->window_begin = e->runner.window;
}

static void add_stalled_turn(struct trial *t, struct entry *e)
{
	struct turn o;

	if (!runner_turn(&e->runner, t->plan->turn_seconds, &o)) {
		trial_drop(e, "a turn with stalled subscribers");
		return;
	}
	row_add(e->row, M_STALL_WALL_X, o.wall / (e->turn_walls / t->plan->turns));
	row_add(e->row, M_STALL_SKEW_X, o.skew / (e->turn_skews / t->plan->turns));
}

static void add_backlog(struct entry *e)
{
	struct backlog b = runner_backlog(&e->runner);
	double frames = (double)(e->runner.window - e->window_begin) * e->runner.holders.stalled;

	row_add(e->row, M_STALL_FRAMES, b.median);
	row_add(e->row, M_STALL_MOST, b.most);
	row_add(e->row, M_STALL_RISING,
		(process_memory(e->runner.server.pid) - e->user_begin) / frames);
}

void trial_stall(struct trial *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		if (t->entries[i].there)
			fill(t, &t->entries[i]);
	}
	for (unsigned turn = 0; turn < t->plan->stalled_turns; turn++) {
		for (unsigned i = 0; i < t->n; i++) {
			if (t->entries[i].there)
				add_stalled_turn(t, &t->entries[i]);
		}
	}
	for (unsigned i = 0; i < t->n; i++) {
		if (t->entries[i].there)
			add_backlog(&t->entries[i]);
	}
}
