/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/exception_lane.h"

#include "dataplane/worker.h"

#include <rte_ethdev.h>
#include <rte_ring.h>

_Static_assert(WORKER_BURST <= 64, "a bit for each frame of a burst");

/* The first of them that the allowance covers: their number, and which they are. */
static unsigned within_allowance(
	struct worker *w, struct rte_mbuf **frames, uint64_t which, void **out, uint8_t *at)
{
	uint32_t left = allowance_top_up(&w->exception.allowance, worker_time(w));
	unsigned n = 0;

	for (; which != 0 && n < left; which &= which - 1) {
		at[n] = (uint8_t)__builtin_ctzll(which);
		out[n] = frames[at[n]];
		n++;
	}
	w->block->stats.refused[REFUSED_exception_rate] += (unsigned)__builtin_popcountll(which);
	allowance_use(&w->exception.allowance, n);
	return n;
}

uint64_t exception_pass(struct worker *w, struct rte_mbuf **frames, uint64_t which)
{
	void *taken[WORKER_BURST];
	uint8_t at[WORKER_BURST];
	unsigned n = within_allowance(w, frames, which, taken, at);
	unsigned passed = rte_ring_sp_enqueue_burst(w->exception.to_kernel, taken, n, NULL);
	uint64_t gone = 0;

	for (unsigned i = 0; i < passed; i++)
		gone |= 1ull << at[i];
	w->block->stats.passed += passed;
	w->block->stats.refused[REFUSED_exception_full] += n - passed;
	return gone;
}

void exception_return(struct worker *w)
{
	struct rte_mbuf *frames[EXCEPTION_RETURN_MAX];
	unsigned n = rte_ring_sc_dequeue_burst(
		w->exception.from_kernel, (void **)frames, EXCEPTION_RETURN_MAX, NULL);

	if (n == 0)
		return;
	unsigned sent = rte_eth_tx_burst(w->port, w->queue, frames, (uint16_t)n);

	w->exception.returned += sent;
	w->exception.return_full += n - sent;
	rte_pktmbuf_free_bulk(frames + sent, n - sent);
}
