/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/buffers.h"

#include "perf/without_undo.h"

#include "perf/frames.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_ROOM = 512 };

static struct rte_mempool *pool_of(unsigned n, unsigned id)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "set%u.%u", n, id);
	struct rte_mempool *pool = rte_mempool_lookup(name);
	if (pool != NULL)
		return pool;
	return rte_pktmbuf_pool_create_by_ops(
		name, n, 0, 0, DATA_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY, "ring_sp_sc");
}

/* A frame stays in its buffer, for nothing is sent. What a device would say of its checksums: */
static bool fill(const struct bench_case *c, uint64_t i, struct rte_mbuf *m)
{
	rte_pktmbuf_reset(m);
	m->pkt_len = frames_make(c, i, rte_pktmbuf_mtod(m, uint8_t *), DATA_ROOM);
	m->data_len = (uint16_t)m->pkt_len;
	m->ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD |
		      (c->worker.checksum ? 0 : RTE_MBUF_F_RX_L4_CKSUM_GOOD);
	return m->pkt_len != 0;
}

int buffers_open(
	struct buffers *b, const struct bench_case *c, uint64_t first, unsigned id, unsigned ids)
{
	bool good = true;

	*b = (struct buffers){.c = c, .n = c->buffers, .next = first + id, .step = ids};
	b->pool = pool_of(b->n, id);
	b->all = calloc(b->n, sizeof(*b->all));
	if (b->pool == NULL || b->all == NULL ||
		rte_mempool_get_bulk(b->pool, (void **)b->all, b->n) < 0) {
		fprintf(stderr, "no memory for %u buffers: %s\n", b->n, rte_strerror(rte_errno));
		free(b->all);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < b->n; i++)
		good &= fill(c, first + id + (uint64_t)i * ids, b->all[i]);
	rte_mempool_put_bulk(b->pool, (void **)b->all, b->n);
	return good ? 0 : -EMSGSIZE;
}

void buffers_close(struct buffers *b)
{
	free(b->all);
}

void buffers_renew(struct buffers *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		frames_renew(b->c, b->next, rte_pktmbuf_mtod(b->all[i], uint8_t *));
		b->next += b->step;
	}
}

uint64_t buffers_touch(struct buffers *b, unsigned n)
{
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t sum = 0, begin = rte_rdtsc();

	for (unsigned i = 0; i < n; i += WORKER_BURST) {
		rte_mempool_get_bulk(b->pool, (void **)frames, WORKER_BURST);
		for (unsigned j = 0; j < WORKER_BURST; j++)
			sum += *rte_pktmbuf_mtod(frames[j], uint64_t *);
		rte_pktmbuf_free_bulk(frames, WORKER_BURST);
	}
	uint64_t ticks = rte_rdtsc() - begin;
	__asm__ volatile("" : : "r"(sum));
	return ticks;
}

uint64_t buffers_count(struct buffers *b, unsigned n, struct worker *w)
{
	void (*burst)(struct worker *, struct rte_mbuf **, uint16_t) =
		b->c->worker.no_undo ? worker_burst_without_undo : worker_burst;
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t begin = rte_rdtsc();

	for (unsigned i = 0; i < n; i += WORKER_BURST) {
		rte_mempool_get_bulk(b->pool, (void **)frames, WORKER_BURST);
		burst(w, frames, WORKER_BURST);
	}
	return rte_rdtsc() - begin;
}
