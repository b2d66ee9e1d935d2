/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/workload.h"

#include "control/log.h"

/* Not a consistent copy: figures need none, and a worker that hangs must not delay a window. */
static struct workload_sums read_sums(const struct worker_block *b)
{
	struct worker_load load = load_read(&b->load);

	return (struct workload_sums){
		.rx = __atomic_load_n(&b->stats.rx, __ATOMIC_RELAXED),
		.bursts = __atomic_load_n(&b->stats.bursts, __ATOMIC_RELAXED),
		.ticks_all = load.ticks_all,
		.ticks_busy = load.ticks_busy,
	};
}

void workload_init(struct workload *w, const struct store *s, const struct dataplane *d)
{
	*w = (struct workload){.n_workers = s->workers};
	for (unsigned i = 0; i < w->n_workers; i++) {
		struct dataplane_queue queue = dataplane_worker_queue(d, i);

		w->workers[i] = (struct workload_worker){
			.queue = queue, .at_end = read_sums(&s->blocks[i])};
		w->ports[queue.port].queues++;
		w->ports[queue.port].skewed = -1;
		if (w->n_ports <= queue.port)
			w->n_ports = queue.port + 1;
	}
}

void workload_update(struct workload *w, const struct store *s)
{
	for (unsigned p = 0; p < w->n_ports; p++)
		w->ports[p].rx = 0;
	for (unsigned i = 0; i < w->n_workers; i++) {
		struct workload_worker *one = &w->workers[i];
		struct workload_sums now = read_sums(&s->blocks[i]);

		one->in = (struct workload_sums){
			.rx = now.rx - one->at_end.rx,
			.bursts = now.bursts - one->at_end.bursts,
			.ticks_all = now.ticks_all - one->at_end.ticks_all,
			.ticks_busy = now.ticks_busy - one->at_end.ticks_busy,
		};
		one->at_end = now;
		w->ports[one->queue.port].rx += one->in.rx;
	}
	for (unsigned i = 0; i < w->n_workers; i++) {
		struct workload_worker *one = &w->workers[i];
		uint64_t all = w->ports[one->queue.port].rx;

		one->share_permille = all > 0 ? (unsigned)(one->in.rx * 1000 / all) : 0;
	}
}

static const struct workload_worker *busiest_of(const struct workload *w, unsigned port)
{
	const struct workload_worker *most = NULL;

	for (unsigned i = 0; i < w->n_workers; i++) {
		const struct workload_worker *one = &w->workers[i];

		if (one->queue.port == port &&
			(most == NULL || one->share_permille > most->share_permille))
			most = one;
	}
	return most;
}

const struct workload_worker *workload_skew(struct workload *w, unsigned port, uint64_t now_ms)
{
	const struct workload_worker *most = busiest_of(w, port);
	struct workload_port *p = &w->ports[port];

	if (p->queues < 2 || p->rx < WORKLOAD_ENOUGH)
		return NULL;
	if (most->share_permille < WORKLOAD_EVEN)
		p->skewed = -1;
	if (most->share_permille <= WORKLOAD_SKEWED || p->skewed == (int)most->queue.queue ||
		(p->warned && now_ms - p->warned_at_ms < WORKLOAD_SILENCE_MS))
		return NULL;
	p->skewed = (int)most->queue.queue;
	p->warned = true;
	p->warned_at_ms = now_ms;
	return most;
}

void workload_warn(struct workload *w, const struct dataplane *d, uint64_t now_ms)
{
	for (unsigned port = 0; port < w->n_ports; port++) {
		const struct workload_worker *one = workload_skew(w, port, now_ms);
		struct dataplane_port_info info;

		if (one == NULL)
			continue;
		dataplane_port_info(d, port, &info);
		LOG_WARNING("queue %u of %s took %u %% of its %lu packets in the last window, "
			    "although it has %u queues: the manual says under \"Queues\" what to "
			    "look at",
			one->queue.queue, info.device, one->share_permille / 10,
			(unsigned long)w->ports[port].rx, w->ports[port].queues);
	}
}
