/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/trial_phases.h"

#include <unistd.h>

struct watch watch_look(const struct trial *t)
{
	struct watch w = {.server = core_now(t->plan->cpus.server),
		.clients = core_now(t->plan->cpus.clients),
		.servers = core_softirq_seconds(t->plan->cpus.server),
		.holders = process_seconds(getpid()) + core_softirq_seconds(t->plan->cpus.clients)};

	for (unsigned i = 0; i < t->n; i++) {
		const struct runner *r = &t->entries[i].runner;

		if (!t->entries[i].there)
			continue;
		w.servers += process_seconds(r->server.pid);
		for (unsigned k = 0; k < r->holders.n; k++)
			w.holders += process_seconds(r->holders.pids[k]);
	}
	return w;
}

/* More than a few per cent of the server's CPU, or a tenth of the clients', went to others. */
static bool was_disturbed(const struct watch *a, const struct watch *b)
{
	double wall = b->server.wall - a->server.wall;
	double stolen = b->server.steal - a->server.steal + b->clients.steal - a->clients.steal;
	double servers = core_busy(&a->server, &b->server) - (b->servers - a->servers);
	double clients = core_busy(&a->clients, &b->clients) - (b->holders - a->holders);

	return servers > 0.03 * wall || clients > 0.1 * wall || stolen > 0.02 * wall;
}

void watch_mark(struct trial *t, const struct watch *begin)
{
	struct watch end = watch_look(t);

	for (unsigned i = 0; i < t->n; i++)
		t->entries[i].row->disturbed |= was_disturbed(begin, &end);
}
