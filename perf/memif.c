/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A real queue between two processes: worker_run(), as the appliance runs it, takes from memif what
 * a generator (sources/memif_generator.c) on another core sends as fast as it can. Beside it the
 * same loop without counting: receive and free, and receive, read the first 8 bytes and free.
 *
 * The driver tells nothing of checksums, so the worker verifies them.
 */

#include "dataplane/grace.h"
#include "dataplane/port.h"
#include "perf/bench.h"
#include "perf/child.h"

#include <errno.h>
#include <rte_alarm.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pause.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SAMPLE_MS = 5, LINK_MS = 15000, LINK_LOOK_MS = 5 };

static const double seconds = 6; // a case

static atomic_bool stop;

struct wire {
	pid_t generator;
	char folder[64];
	char socket[96];
	struct port port;
	struct rig rig;
};

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
	return (struct rate){
		(double)ticks / (double)(rx + (rx == 0)), (double)empty / (double)looks};
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
	return (struct rate){
		(double)ticks / (double)(rx + (rx == 0)), (double)empty / (double)looks};
}

static bool has_link(const struct wire *w)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(w->port.id, &link) == 0 && link.link_status != 0;
}

static int await_link(const struct wire *w)
{
	for (unsigned ms = 0; ms < LINK_MS && !child_has_ended(w->generator); ms += LINK_LOOK_MS) {
		if (has_link(w))
			return 0;
		rte_delay_us_sleep(LINK_LOOK_MS * 1000);
	}
	fprintf(stderr, "the generator did not connect to memif\n");
	return -ETIMEDOUT;
}

static int start_generator(struct bench *b, struct wire *w, unsigned number)
{
	char word[16];
	const char *argv[] = {"memif-generator", w->socket, word, NULL};

	snprintf(word, sizeof(word), "%u", number);
	w->generator = child_start(b->cpus.cpu[b->cpus.n - 1], argv);
	return w->generator < 0 ? w->generator : await_link(w);
}

/* A device is never used twice: the driver keeps something of the first. */
static int open_port(struct wire *w, unsigned number)
{
	char device[256], error[512];
	struct dataplane_port wanted = {.device = device, .queues = 1};

	snprintf(w->folder, sizeof(w->folder), "/tmp/uproar-bench-XXXXXX");
	if (mkdtemp(w->folder) == NULL)
		return -errno;
	snprintf(w->socket, sizeof(w->socket), "%s/memif", w->folder);
	snprintf(device, sizeof(device),
		"net_memif%u,role=server,id=0,socket=%s,socket-abstract=no", number, w->socket);
	int ret = port_open(&w->port, &wanted, WIRE_PORT_REACTIONS, error, sizeof(error));
	if (ret < 0)
		fprintf(stderr, "%s\n", error);
	return ret;
}

/* Once connected, nobody needs the name any more: so it does not outlive us, whatever ends us. */
static void forget_socket(const struct wire *w)
{
	unlink(w->socket);
	rmdir(w->folder);
}

static int open_wire(struct bench *b, struct wire *w, unsigned number)
{
	int ret = rig_open(&w->rig, &bench_cases[number], 1);

	if (ret < 0)
		return ret;
	ret = open_port(w, number);
	if (ret == 0) {
		ret = start_generator(b, w, number);
		if (ret < 0)
			port_close(&w->port);
	}
	forget_socket(w);
	if (ret < 0) {
		rig_close(&w->rig);
		return ret;
	}
	struct worker *worker = &w->rig.workers[0];
	worker->port = w->port.id;
	worker->stop = &stop;
	worker->grace = grace_begin(1);
	return 0;
}

static void post(void *done)
{
	sem_post(done);
}

/*
 * DPDK's interrupt thread takes the lost connection down, and would free its rings beside us. It
 * also runs alarms, one thing after the other: so when ours was run it is through with that.
 */
static void await_unlink(const struct wire *w)
{
	sem_t done;

	for (unsigned ms = 0; ms < LINK_MS && has_link(w); ms += LINK_LOOK_MS)
		rte_delay_us_sleep(LINK_LOOK_MS * 1000);
	sem_init(&done, 0, 0);
	if (rte_eal_alarm_set(1, post, &done) == 0)
		while (sem_wait(&done) < 0)
			; // a signal
	sem_destroy(&done);
}

/* The generator goes first: it must not write into rings that are no more. */
static void close_wire(struct wire *w)
{
	child_stop(w->generator);
	await_unlink(w);
	port_close(&w->port);
	rig_close(&w->rig);
}

static void add_rows(struct bench *b, const struct bench_case *c, const struct samples *touch,
	const struct samples *count, const double idle[2])
{
	double mega = b->report.machine.tsc_hz / 1e6, alone = mega / samples_base(touch).median;
	struct report_row row = report_row("memif", c->name, "touch");

	row.mpps_base = alone;
	row.mpps_all = mega / samples_all(count).median;
	row.idle = idle[1] / count->n;
	report_add(&b->report, row, count);
	row = report_row("memif", "", "receive and free");
	snprintf(row.name, sizeof(row.name), "touch, %s", c->name);
	row.mpps_base = alone;
	row.mpps_all = mega / samples_all(touch).median;
	row.idle = idle[0] / touch->n;
	report_add(&b->report, row, touch);
}

static int measure(struct bench *b, unsigned number)
{
	static struct samples touch, count;
	static struct wire w;
	const struct bench_case *c = &bench_cases[number];
	double idle[2] = {0};
	int ret = open_wire(b, &w, number);

	if (ret < 0)
		return ret;
	counting(&w.rig.workers[0]); // to warm up
	samples_begin(&touch, bench_seconds(b, seconds));
	samples_begin(&count, bench_seconds(b, seconds));
	while (samples_wanted(&count)) {
		struct rate alone = without_counting(&w.rig.workers[0], false);
		struct rate touched = without_counting(&w.rig.workers[0], true);
		struct rate counted = counting(&w.rig.workers[0]);

		samples_add(&touch, alone.ticks, touched.ticks);
		samples_add(&count, touched.ticks, counted.ticks);
		idle[0] += touched.idle;
		idle[1] += counted.idle;
	}
	samples_end(&touch);
	samples_end(&count);
	ret = rig_accepted_all(&w.rig) ? 0 : -EPROTO;
	close_wire(&w);
	if (ret == 0)
		add_rows(b, c, &touch, &count, idle);
	return ret;
}

int memif_run(struct bench *b)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < bench_cases_n; i++) {
		if ((bench_cases[i].by & BY_MEMIF) == 0)
			continue;
		if (b->cpus.n > 1)
			ret = measure(b, i);
		else
			report_skip(&b->report, report_row("memif", bench_cases[i].name, "touch"),
				"there is one CPU for this process, the generator needs another");
	}
	return ret;
}
