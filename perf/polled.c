/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/polled.h"

#include "dataplane/grace.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pause.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

enum { SAMPLE_MS = 5 };

static const double seconds = 6; // a case

static atomic_bool stop;

struct rate {
	double ticks; // a datagram, looks at an empty queue included
	double idle;  // share of those looks
};

static void end_sample(int signal)
{
	(void)signal;
	atomic_store_explicit(&stop, true, memory_order_relaxed);
}

/* The signal comes from a timer, so that the loop makes no call of its own to see the time. */
static void begin_sample(void)
{
	const struct itimerval once = {.it_value.tv_usec = SAMPLE_MS * 1000};

	atomic_store(&stop, false);
	signal(SIGALRM, end_sample);
	setitimer(ITIMER_REAL, &once, NULL);
}

/* What worker_run() does, but for counting. */
static struct rate without_counting(struct worker *w, bool touch)
{
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t rx = 0, sum = 0, looks = 0, empty = 0;

	begin_sample();
	uint64_t begin = rte_rdtsc();
	rte_rcu_qsbr_thread_online(w->grace, w->id);
	for (; !atomic_load_explicit(&stop, memory_order_relaxed); looks++) {
		uint16_t n = rte_eth_rx_burst(w->port, w->queue, frames, WORKER_BURST);

		for (unsigned i = 0; touch && i < n; i++)
			sum += *rte_pktmbuf_mtod(frames[i], uint64_t *);
		if (n > 0)
			rte_pktmbuf_free_bulk(frames, n);
		else
			rte_pause();
		rx += n;
		empty += n == 0;
		rte_rcu_qsbr_quiescent(w->grace, w->id);
	}
	rte_rcu_qsbr_thread_offline(w->grace, w->id);
	uint64_t ticks = rte_rdtsc() - begin;
	__asm__ volatile("" : : "r"(sum));
	return (struct rate){(double)ticks / (double)(rx + (rx == 0)),
		(double)empty / (double)(looks + (looks == 0))};
}

static struct rate counting(struct worker *w)
{
	struct worker_stats before = w->block->stats;
	uint64_t empty = w->block->empty_polls;

	begin_sample();
	uint64_t begin = rte_rdtsc();
	worker_run(w);
	uint64_t ticks = rte_rdtsc() - begin;
	uint64_t rx = w->block->stats.rx - before.rx;
	empty = w->block->empty_polls - empty;
	uint64_t looks = w->block->stats.bursts - before.bursts + empty;
	return (struct rate){(double)ticks / (double)(rx + (rx == 0)),
		(double)empty / (double)(looks + (looks == 0))};
}

static void add_rows(struct bench *b, const char *group, const struct rig *r,
	const struct samples *touch, const struct samples *count, const double idle[2])
{
	double mega = b->report.machine.tsc_hz / 1e6;
	struct report_row row = report_row(group, r->c->name, "touch");

	row.ordinary = r->ordinary;
	row.mpps_base = mega / samples_base(touch).median;
	row.mpps_all = mega / samples_all(count).median;
	row.idle = idle[1] / (count->n + count->aside);
	report_add(&b->report, row, count);
	snprintf(row.name, sizeof(row.name), "touch, %s", r->c->name);
	row.base = "receive and free";
	row.mpps_all = mega / samples_all(touch).median;
	row.idle = idle[0] / (touch->n + touch->aside);
	report_add(&b->report, row, touch);
}

int polled_measure(struct bench *b, const char *group, struct rig *r, uint16_t port, pid_t sender)
{
	static struct samples touch, count;
	struct worker *w = &r->workers[0];
	double idle[2] = {0};

	w->port = port;
	w->stop = &stop;
	w->grace = grace_begin(1);
	if (w->grace == NULL)
		return -ENOMEM;
	counting(w); // to warm up
	samples_begin(&touch, bench_seconds(b, seconds), sender);
	samples_begin(&count, bench_seconds(b, seconds), sender);
	while (samples_wanted(&count)) {
		struct rate alone = without_counting(w, false);
		struct rate touched = without_counting(w, true);
		struct rate counted = counting(w);

		samples_add(&touch, alone.ticks, touched.ticks);
		samples_add(&count, touched.ticks, counted.ticks);
		idle[0] += touched.idle;
		idle[1] += counted.idle;
	}
	samples_end(&touch);
	samples_end(&count);
	if (!rig_accepted_all(r))
		return -EPROTO;
	add_rows(b, group, r, &touch, &count, idle);
	return 0;
}
