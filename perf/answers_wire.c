/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * memif, with the worker at one end. Who asks (sources/answer_asker.c) does so as fast as it can
 * and reads what comes back. The driver tells nothing of checksums, so the worker verifies each.
 */

#include "dataplane/port.h"
#include "perf/answers.h"
#include "perf/child.h"
#include "wire/frame.h"

#include <errno.h>
#include <rte_alarm.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHANNELS = 64, LINK_MS = 15000, LOOK_MS = 5, QUIET_LOOKS = 10000, SETTLE_MS = 5 };

struct answers_wire {
	pid_t asker;
	char socket[64];
	struct port port;
	struct rig rig;
	struct board_slot board[CHANNELS];
};

static const struct bench_case shape = {
	.name = "answers",
	.frames = {.reactions = 1, .channels = CHANNELS},
	.worker = {.rows = CHANNELS, .checksum = true},
};

static void arm(struct answers_wire *w)
{
	struct worker *worker = &w->rig.workers[0];

	for (uint16_t i = 0; i < CHANNELS; i++) {
		uint8_t frame[WIRE_FRAME_MAX];

		board_put(&w->board[i], frame, answers_frame(i, frame));
	}
	w->rig.policy.pace = (struct pace){.least = 10, .most = 100, .low = 600, .high = 950};
	worker->port = w->port.id;
	worker->answering.board = w->board;
	worker->answering.allowance.per_second = 100000000;
}

static int open_port(struct answers_wire *w)
{
	char device[256], error[512];
	struct dataplane_port wanted = {.device = device, .queues = 1};

	snprintf(w->socket, sizeof(w->socket), "/uproar-answers-%ld", (long)getpid());
	snprintf(device, sizeof(device),
		"net_memif0,role=server,id=0,socket=%s,socket-abstract=yes", w->socket);
	int ret = port_open(&w->port, &wanted, WIRE_PORT_REACTIONS, error, sizeof(error));
	if (ret < 0)
		fprintf(stderr, "%s\n", error);
	return ret;
}

static bool has_link(const struct answers_wire *w)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(w->port.id, &link) == 0 && link.link_status != 0;
}

static int await_link(const struct answers_wire *w)
{
	for (unsigned ms = 0; ms < LINK_MS && !child_has_ended(w->asker); ms += LOOK_MS) {
		if (has_link(w))
			return 0;
		rte_delay_us_sleep(LOOK_MS * 1000);
	}
	fprintf(stderr, "who asks did not connect to memif\n");
	return -ETIMEDOUT;
}

static int start_asker(struct answers_wire *w, const struct bench_cpus *cpus)
{
	const char *argv[] = {"answer-asker", w->socket, NULL};

	w->asker = child_start(cpus->cpu[cpus->n - 1], argv);
	return w->asker < 0 ? w->asker : await_link(w);
}

int answers_wire_open(struct answers_wire **out, const struct bench_cpus *cpus)
{
	struct answers_wire *w = aligned_alloc(64, sizeof(*w));
	int ret = w == NULL ? -ENOMEM : rig_open(&w->rig, &shape, 1);

	if (ret < 0)
		return ret;
	ret = open_port(w);
	if (ret == 0) {
		arm(w);
		ret = start_asker(w, cpus);
	}
	if (ret == 0)
		answers_wire_run(w, false);
	*out = w;
	return ret;
}

static void post(void *done)
{
	sem_post(done);
}

/* DPDK's interrupt thread takes the lost connection down; when it runs our alarm it has done so. */
static void await_unlink(const struct answers_wire *w)
{
	sem_t done;

	for (unsigned ms = 0; ms < LINK_MS && has_link(w); ms += LOOK_MS)
		rte_delay_us_sleep(LOOK_MS * 1000);
	sem_init(&done, 0, 0);
	if (rte_eal_alarm_set(1, post, &done) == 0)
		while (sem_wait(&done) < 0)
			; // a signal
	sem_destroy(&done);
}

/* Who asks goes first: it must not write into rings that are no more. */
void answers_wire_close(struct answers_wire *w)
{
	kill(w->asker, SIGCONT);
	child_stop(w->asker);
	await_unlink(w);
	port_close(&w->port);
	rig_close(&w->rig);
	free(w);
}

pid_t answers_wire_asker(const struct answers_wire *w)
{
	return w->asker;
}

static void drain(const struct answers_wire *w)
{
	struct rte_mbuf *frames[WORKER_BURST];

	for (unsigned quiet = 0; quiet < QUIET_LOOKS; quiet++) {
		uint16_t n = rte_eth_rx_burst(w->port.id, 0, frames, WORKER_BURST);

		rte_pktmbuf_free_bulk(frames, n);
		if (n > 0)
			quiet = 0;
	}
}

void answers_wire_run(struct answers_wire *w, bool run)
{
	kill(w->asker, run ? SIGCONT : SIGSTOP);
	if (run)
		answers_wire_sample(w, WAY_ANSWER, SETTLE_MS / 1e3);
	else
		drain(w);
}

static void take(struct answers_wire *w, enum answers_way way, struct rte_mbuf **frames, uint16_t n)
{
	uint64_t sum = 0;

	if (way != WAY_TOUCH) {
		worker_burst(&w->rig.workers[0], frames, n);
		return;
	}
	for (uint16_t i = 0; i < n; i++)
		sum += *rte_pktmbuf_mtod(frames[i], uint64_t *);
	__asm__ volatile("" : : "r"(sum));
	rte_pktmbuf_free_bulk(frames, n);
}

struct answers_sample answers_wire_sample(
	struct answers_wire *w, enum answers_way way, double seconds)
{
	const struct worker_stats *s = &w->rig.blocks[0].stats;
	struct answers_sample sample = {.answers = -s->answers_with_frame};
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t begin = rte_rdtsc(), last = begin;
	uint64_t end = begin + (uint64_t)(seconds * (double)rte_get_tsc_hz());

	w->rig.workers[0].answering.on = way == WAY_ANSWER;
	while (last < end) {
		uint16_t n = rte_eth_rx_burst(w->port.id, 0, frames, WORKER_BURST);

		if (n > 0)
			take(w, way, frames, n);
		uint64_t now = rte_rdtsc();
		sample.frames += n;
		sample.bursts += n > 0;
		sample.idle_ticks += n > 0 ? 0 : now - last;
		last = now;
	}
	sample.ticks = last - begin;
	sample.answers += s->answers_with_frame;
	return sample;
}
