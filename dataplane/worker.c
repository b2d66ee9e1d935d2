/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/worker.h"

#include <rte_ethdev.h>
#include <rte_pause.h>
#include <rte_prefetch.h>

/* How many frames ahead the first line of a frame is fetched; see docs/performance.md. */
enum { PREFETCH_AHEAD = 8 };

/* "None" means: not right in the frame (half made), but the device vouches for the data. */
static inline struct packet_verdict verdict_of(const struct rte_mbuf *m)
{
	uint64_t ip = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	uint64_t udp = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	return (struct packet_verdict){
		.ip_good = ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD || ip == RTE_MBUF_F_RX_IP_CKSUM_NONE,
		.ip_bad = ip == RTE_MBUF_F_RX_IP_CKSUM_BAD,
		.udp_good =
			udp == RTE_MBUF_F_RX_L4_CKSUM_GOOD || udp == RTE_MBUF_F_RX_L4_CKSUM_NONE,
		.udp_bad = udp == RTE_MBUF_F_RX_L4_CKSUM_BAD,
	};
}

/* A frame in one segment is read where it lies; others are copied together first. */
static inline const uint8_t *contiguous(struct worker *w, const struct rte_mbuf *m, size_t *len)
{
	*len = m->pkt_len;
	if (likely(m->nb_segs == 1))
		return rte_pktmbuf_mtod(m, const uint8_t *);
	if (*len > WORKER_FRAME_MAX)
		*len = WORKER_FRAME_MAX;
	return rte_pktmbuf_read(m, 0, (uint32_t)*len, w->linear);
}

static inline enum refusal take(struct worker *w, const struct rte_mbuf *m)
{
	struct packet_verdict verdict = verdict_of(m);
	struct packet packet;
	size_t len;
	const uint8_t *frame = contiguous(w, m, &len);
	enum refusal r = packet_parse(frame, len, &w->rules, &verdict, &packet);

	if (r != REFUSED_none)
		return r;
	return counter_take(&w->counter, packet.payload, packet.payload_len);
}

void worker_burst(struct worker *w, struct rte_mbuf **frames, uint16_t n)
{
	struct worker_stats *s = &w->block->stats;

	worker_block_begin(w->block);
	reactors_begin(&w->counter.reactors);
	for (uint16_t i = 0; i < n && i < PREFETCH_AHEAD; i++)
		rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
	for (uint16_t i = 0; i < n; i++) {
		if (i + PREFETCH_AHEAD < n)
			rte_prefetch0(rte_pktmbuf_mtod(frames[i + PREFETCH_AHEAD], void *));
		enum refusal r = take(w, frames[i]);
		s->rx_bytes += frames[i]->pkt_len;
		if (likely(r == REFUSED_none))
			s->accepted++;
		else
			s->refused[r]++;
	}
	reactors_end(&w->counter.reactors);
	s->rx += n;
	s->bursts++;
	worker_block_end(w->block);
	rte_pktmbuf_free_bulk(frames, n);
}

int worker_run(void *worker)
{
	struct worker *w = worker;
	struct rte_mbuf *frames[WORKER_BURST];

	rte_rcu_qsbr_thread_online(w->grace, w->id);
	while (!atomic_load_explicit(w->stop, memory_order_relaxed)) {
		uint16_t n = rte_eth_rx_burst(w->port, w->queue, frames, WORKER_BURST);

		if (n > 0) {
			worker_burst(w, frames, n);
		} else {
			worker_block_saw_empty_queue(w->block);
			rte_pause();
		}
		rte_rcu_qsbr_quiescent(w->grace, w->id);
	}
	rte_rcu_qsbr_thread_offline(w->grace, w->id);
	return 0;
}
