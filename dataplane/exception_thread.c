/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/exception.h"
#include "dataplane/exception_checksum.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <time.h>

enum {
	BURST = 32,
	ROUNDS_AWAKE = 16, // without anything, before it naps
	NAP_US = 50,       // the first, twice as long each time
	NAP_MOST_US = 1000,
};

static bool to_kernel(struct exception *e, struct rte_ring *ring)
{
	struct rte_mbuf *frames[BURST];
	unsigned n = rte_ring_sc_dequeue_burst(ring, (void **)frames, BURST, NULL);

	if (n == 0)
		return false;
	for (unsigned i = 0; i < n; i++)
		exception_make_checksum(frames[i]);
	unsigned sent = rte_eth_tx_burst(e->port, 0, frames, (uint16_t)n);
	e->delivered += sent;
	e->kernel_full += n - sent;
	rte_pktmbuf_free_bulk(frames + sent, n - sent);
	return true;
}

/* The card takes frames in one buffer, and no longer than its MTU lets them be. */
static bool fits(const struct exception *e, const struct rte_mbuf *frame)
{
	return frame->nb_segs == 1 && frame->pkt_len <= e->frame_max;
}

/* Those that fit come first, in their order; how many. */
static unsigned part(const struct exception *e, struct rte_mbuf **frames, unsigned n)
{
	struct rte_mbuf *others[BURST];
	unsigned good = 0, bad = 0;

	for (unsigned i = 0; i < n; i++) {
		if (fits(e, frames[i]))
			frames[good++] = frames[i];
		else
			others[bad++] = frames[i];
	}
	for (unsigned i = 0; i < bad; i++)
		frames[good + i] = others[i];
	return good;
}

static bool from_kernel(struct exception *e)
{
	struct rte_mbuf *frames[BURST];
	unsigned n = rte_eth_rx_burst(e->port, 0, frames, BURST);

	if (n == 0)
		return false;
	unsigned fit = part(e, frames, n);
	unsigned handed = rte_ring_sp_enqueue_burst(e->from_kernel, (void **)frames, fit, NULL);
	e->taken += n;
	e->not_handed += n - handed;
	rte_pktmbuf_free_bulk(frames + handed, n - handed);
	return true;
}

bool exception_carry(struct exception *e)
{
	bool any = from_kernel(e);

	for (unsigned i = 0; i < e->lanes; i++)
		any |= to_kernel(e, e->to_kernel[i]);
	return any;
}

static void nap(unsigned empty_rounds)
{
	unsigned us = NAP_US;

	for (unsigned i = ROUNDS_AWAKE; i < empty_rounds && us < NAP_MOST_US; i++)
		us *= 2;
	const struct timespec t = {.tv_nsec = 1000L * RTE_MIN(us, (unsigned)NAP_MOST_US)};
	nanosleep(&t, NULL);
}

static void *run(void *thread)
{
	struct exception_thread *t = thread;
	unsigned empty_rounds = 0;

	rte_rcu_qsbr_thread_online(t->grace, t->grace_id);
	while (!atomic_load_explicit(&t->stop, memory_order_relaxed)) {
		bool any = false;

		for (unsigned i = 0; i < t->n; i++)
			any |= exception_carry(t->of[i]);
		rte_rcu_qsbr_quiescent(t->grace, t->grace_id);
		empty_rounds = any ? 0 : empty_rounds + 1;
		if (empty_rounds >= ROUNDS_AWAKE)
			nap(empty_rounds);
	}
	rte_rcu_qsbr_thread_offline(t->grace, t->grace_id);
	return NULL;
}

int exception_thread_start(struct exception_thread *t)
{
	if (t->n == 0)
		return 0;
	atomic_store(&t->stop, false);
	int ret = -pthread_create(&t->thread, NULL, run, t);
	t->running = ret == 0;
	if (t->running)
		pthread_setname_np(t->thread, "exception");
	return ret;
}

void exception_thread_stop(struct exception_thread *t)
{
	if (!t->running)
		return;
	atomic_store(&t->stop, true);
	pthread_join(t->thread, NULL);
	t->running = false;
}
