/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/trial_phases.h"

#include <unistd.h>

static void add_turn(struct entry *e, const struct turn *o, const struct turn *floor)
{
	row_add(e->row, M_DELIVERIES, o->deliveries);
	row_add(e->row, M_WALL, o->wall);
	row_add(e->row, M_FIRST, o->of.first / 1e3);
	row_add(e->row, M_MEDIAN, o->of.median / 1e3);
	row_add(e->row, M_P99, o->of.p99 / 1e3);
	row_add(e->row, M_LAST, o->of.last / 1e3);
	row_add(e->row, M_SKEW, o->skew / 1e3);
	row_add(e->row, M_WALL_X, o->wall / floor->wall);
	row_add(e->row, M_SKEW_X, o->skew / floor->skew);
	e->busy += o->busy;
	e->deliveries += o->deliveries * o->seconds;
	e->turn_walls += o->wall;
	e->turn_skews += o->skew;
}

/* The floor comes first in each turn, the others in an order that rotates. */
static void take_turn(struct trial *t, unsigned number)
{
	struct turn floor = {0}, o;

	for (unsigned i = 0; i < t->n; i++) {
		unsigned others = t->n - 1;
		struct entry *e =
			&t->entries[i == 0 ? CONTESTANT_FLOOR : 1 + (i - 1 + number) % others];

		if (!e->there)
			continue;
		if (!runner_turn(&e->runner, t->plan->turn_seconds, &o)) {
			trial_drop(e, "a round");
			if (i == 0)
				return;
			continue;
		}
		if (i == 0)
			floor = o;
		add_turn(e, &o, &floor);
	}
}

void trial_saturate(struct trial *t)
{
	const struct entry *floor = &t->entries[CONTESTANT_FLOOR];

	for (unsigned i = 0; i < t->plan->turns && floor->there; i++)
		take_turn(t, i);
	for (unsigned i = 0; i < t->n && floor->there; i++) {
		struct entry *e = &t->entries[i];

		if (!e->there)
			continue;
		row_add(e->row, M_BUSY, e->busy / e->deliveries * 1e6);
		row_add(e->row, M_BUSY_X,
			e->busy / e->deliveries / (floor->busy / floor->deliveries));
		row_add(e->row, M_GROWTH,
			(process_memory(e->runner.server.pid) - e->user_begin) /
				t->plan->subscribers);
		row_add(e->row, M_ROUNDS, e->runner.window - e->window_begin);
	}
}

static bool is_ours(const struct entry *e)
{
	return e->there && e->runner.contestant->server->ours;
}

/* Each of ours sends a frame every so many milliseconds, one after the other. */
void trial_pause(struct trial *t, unsigned ms, enum fanout_metric skew)
{
	unsigned n = 0;
	double floor = 0;

	for (unsigned i = 0; i < t->n; i++)
		n += is_ours(&t->entries[i]);
	for (unsigned frame = 0; frame < t->plan->paused_frames; frame++) {
		for (unsigned i = 0; i < t->n; i++) {
			struct entry *e = &t->entries[i];
			struct round o;

			if (!is_ours(e))
				continue;
			usleep(ms * 1000 / n);
			if (!runner_round(&e->runner, &o)) {
				trial_drop(e, "a frame after a pause");
				continue;
			}
			if (i == CONTESTANT_FLOOR)
				floor = o.last - o.first;
			row_add(e->row, skew, (o.last - o.first) / 1e3);
			row_add(e->row, skew + 1, (o.last - o.first) / floor);
		}
	}
}
