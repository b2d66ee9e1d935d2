/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/trial_phases.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool make_place(const struct trial_plan *plan, unsigned index, struct server_place *out)
{
	*out = (struct server_place){.subscribers = plan->subscribers, .cpu = plan->cpus.server};
	snprintf(out->folder, sizeof(out->folder), "%s/%u", plan->folder, index);
	return mkdir(out->folder, 0755) == 0 || errno == EEXIST;
}

/*
 * The kernel memory of the server's end: the floor's server has a socket there and nothing else,
 * and its clients the same and their entries of epoll; what another contestant takes more than the
 * floor, its server does.
 */
static void add_memory(struct trial *t, struct entry *e, const struct joining *j)
{
	static double floor_both, floor_socket;
	double n = t->plan->subscribers;

	row_add(e->row, M_USER, j->user / n);
	if (j->kernel < 0)
		return;
	if (e == &t->entries[CONTESTANT_FLOOR]) {
		floor_both = j->kernel / n;
		floor_socket = (floor_both - j->epoll / n) / 2;
	}
	row_add(e->row, M_KERNEL, floor_socket + j->kernel / n - floor_both);
}

void trial_drop(struct entry *e, const char *what)
{
	row_skip(e->row, "%s failed: see standard error", what);
	fprintf(stderr, "%s with %u subscribers: %s failed; %u were lost\n", e->row->name,
		e->row->subscribers, what, e->runner.arrivals->lost);
	runner_stop(&e->runner);
	e->there = false;
}

static void join(struct trial *t, const struct contestant *c, unsigned index)
{
	const struct trial_plan *plan = t->plan;
	struct entry *e = &t->entries[t->n++];
	const char *lacks = server_lacks(c->server);
	struct server_place place;
	struct joining j;

	*e = (struct entry){.row = report_row_of(t->report, c->name, plan->subscribers, 0)};
	if (lacks != NULL) {
		row_skip(e->row, "%s", lacks);
		return;
	}
	int ret = make_place(plan, index, &place) ? 0 : -errno;
	if (ret == 0)
		ret = runner_start(
			&e->runner, c, &place, plan->subscribers, PAYLOAD_LEN, plan->cpus, &j);
	if (ret < 0) {
		row_skip(e->row, "it did not start: %s", strerror(-ret));
		return;
	}
	e->there = true;
	e->user_begin = process_memory(e->runner.server.pid);
	e->window_begin = e->runner.window;
	row_add(e->row, M_JOINS, plan->subscribers / j.seconds);
	row_add(e->row, M_JOIN_US, j.busy / plan->subscribers * 1e6);
	add_memory(t, e, &j);
}

bool trial_takes(const char *only, const char *name)
{
	return only == NULL || strncmp(only, name, strlen(only)) == 0;
}

static void join_all(struct trial *t)
{
	for (unsigned i = 0; i < n_contestants; i++) {
		if (i == CONTESTANT_FLOOR || trial_takes(t->plan->only, contestants[i].name))
			join(t, &contestants[i], i);
	}
}

static void kill_all(struct trial *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		struct entry *e = &t->entries[i];

		if (!e->there)
			continue;
		double seconds = server_restart(&e->runner.server);
		if (seconds >= 0)
			row_add(e->row, M_RESTART, seconds * 1e3);
		runner_stop(&e->runner);
	}
}

bool trial_run(struct fanout_report *report, const struct trial_plan *plan)
{
	static struct trial t;

	t = (struct trial){.plan = plan, .report = report};
	struct watch whole = watch_look(&t);
	join_all(&t);
	bool good = t.entries[CONTESTANT_FLOOR].there;
	if (good) {
		struct watch begin = watch_look(&t);

		trial_saturate(&t);
		watch_mark(&t, &begin);
		trial_pause(&t, 500, M_SKEW_500);
		trial_pause(&t, 2000, M_SKEW_2000);
		trial_stall(&t);
		watch_mark(&t, &whole);
	}
	kill_all(&t);
	return good;
}
