/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The loop around worker_burst(): poll, count, say that nothing is held, and rest when there is
 * nothing to do (idle.h). While frames come it makes no system call.
 *
 * A worker that naps answers late, but not later than the bound on naps: to stop, to a grace period
 * (it is not taken offline for so short a time) and to whoever waits for it to look at its queue.
 */
#define ALLOW_EXPERIMENTAL_API // rte_power_pause() and the question for it
#include "dataplane/worker.h"

#include <rte_cpuflags.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pause.h>
#include <rte_power_intrinsics.h>
#include <sys/prctl.h>
#include <time.h>

enum { LOAD_WINDOWS_A_SECOND = 10, OTHER_BURST = 16 };

static void nap(struct worker *w, uint64_t now)
{
	uint64_t asked = idle_nap(&w->idle);
	const struct timespec t = {.tv_nsec = (long)(asked * 1000000 / (w->tick_hz / 1000))};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
	load_napped(&w->block->load);
	idle_woke(&w->idle, asked, rte_rdtsc() - now);
}

/* Time that it takes is not a part of the next turn. */
static void rest(struct worker *w, uint64_t now)
{
	switch (idle_next(&w->idle, now)) {
	case IDLE_SPIN:
		rte_pause();
		return;
	case IDLE_PAUSE:
		rte_power_pause(now + w->idle.bound);
		break;
	case IDLE_NAP:
		nap(w, now);
		break;
	}
	load_turn(&w->block->load, &w->clock, rte_rdtsc(), false);
}

/*
 * One worker of a port has two things to do besides: what the device steered to a queue of its own,
 * and what the kernel sends. Little of both a turn, so that a flood of neither holds up its own.
 */
static uint16_t errands(struct worker *w, struct rte_mbuf **frames)
{
	uint16_t n = 0;

	if (w->other_queue != NO_QUEUE)
		n = rte_eth_rx_burst(w->port, w->other_queue, frames, OTHER_BURST);
	if (n > 0)
		worker_burst(w, frames, n);
	if (w->exception.from_kernel != NULL)
		exception_return(w);
	return n;
}

static inline void turn(struct worker *w, struct rte_mbuf **frames)
{
	if (unlikely(policy_notice_is_new(w->notice, w->edition)))
		worker_take_edition(w);
	uint16_t n = rte_eth_rx_burst(w->port, w->queue, frames, WORKER_BURST);

	if (n > 0)
		worker_burst(w, frames, n);
	else
		worker_block_saw_empty_queue(w->block);
	if (w->runs_errands)
		n += errands(w, frames);
	rte_rcu_qsbr_quiescent(w->grace, w->id);
	uint64_t now = rte_rdtsc();
	load_turn(&w->block->load, &w->clock, now, n > 0);
	if (n > 0)
		idle_saw_frames(&w->idle, now);
	else
		rest(w, now);
}

static void begin(struct worker *w)
{
	struct rte_cpu_intrinsics processor = {0};
	uint64_t now = rte_rdtsc();

	rte_cpu_get_intrinsics_support(&processor);
	load_begin(&w->block->load, &w->clock, w->tick_hz / LOAD_WINDOWS_A_SECOND, now);
	idle_init(&w->idle, w->idle_us * (w->tick_hz / 1000000), processor.power_pause, now);
	prctl(PR_SET_TIMERSLACK, 1); // else the kernel adds 50 µs to a nap
}

int worker_run(void *worker)
{
	struct worker *w = worker;
	struct rte_mbuf *frames[WORKER_BURST];

	begin(w);
	rte_rcu_qsbr_thread_online(w->grace, w->id);
	while (!atomic_load_explicit(w->stop, memory_order_relaxed))
		turn(w, frames);
	rte_rcu_qsbr_thread_offline(w->grace, w->id);
	return 0;
}
