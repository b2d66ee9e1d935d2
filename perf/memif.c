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

#include "dataplane/port.h"
#include "perf/bench.h"
#include "perf/child.h"
#include "perf/polled.h"

#include <errno.h>
#include <inttypes.h>
#include <rte_alarm.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

enum { LINK_MS = 15000, LINK_LOOK_MS = 5 };

struct wire {
	pid_t generator;
	char socket[64]; // abstract: it goes with us, whatever ends us
	struct port port;
	struct rig rig;
};

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
	char words[2][24];
	const char *argv[] = {"memif-generator", w->socket, words[0], words[1], NULL};

	snprintf(words[0], sizeof(words[0]), "%u", number);
	snprintf(words[1], sizeof(words[1]), "%" PRIu64, w->rig.first);
	w->generator = child_start(b->cpus.cpu[b->cpus.n - 1], argv);
	return w->generator < 0 ? w->generator : await_link(w);
}

/* A device is never used twice: the driver keeps something of the first. */
static int open_port(struct wire *w, unsigned number)
{
	char device[256], error[512];
	struct dataplane_port wanted = {.device = device, .queues = 1};

	snprintf(w->socket, sizeof(w->socket), "/uproar-bench-%ld.%u", (long)getpid(), number);
	snprintf(device, sizeof(device),
		"net_memif%u,role=server,id=0,socket=%s,socket-abstract=yes", number, w->socket);
	int ret = port_open(&w->port, &wanted, WIRE_PORT_REACTIONS, error, sizeof(error));
	if (ret < 0)
		fprintf(stderr, "%s\n", error);
	return ret;
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
	if (ret < 0) {
		rig_close(&w->rig);
		return ret;
	}
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

static int measure(struct bench *b, unsigned number)
{
	static struct wire w;
	int ret = open_wire(b, &w, number);

	if (ret < 0)
		return ret;
	ret = polled_measure(b, "memif", &w.rig, w.port.id, w.generator);
	close_wire(&w);
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
