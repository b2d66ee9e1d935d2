/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Sends the frames of a case through memif as fast as they are taken, until SIGTERM, the end of the
 * link, or a time that no benchmark reaches. Frames lie ready in recycled buffers; those of a
 * sequenced case become the next ones just before they are sent.
 *
 * memif-generator SOCKET CASE FIRST-DATAGRAM
 */

#include "client/device/eal_start.h"
#include "perf/frames.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BURST = 64,
	BUFFERS = 1024,
	DATA_ROOM = 512,
	RING = 1024,
	LIFE_SECONDS = 120,
	BURSTS = 1024
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static struct rte_mempool *make_frames(const struct bench_case *c)
{
	static struct rte_mbuf *all[BUFFERS];
	struct rte_mempool *pool = rte_pktmbuf_pool_create_by_ops("frames", BUFFERS, 0, 0,
		DATA_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY, "ring_sp_sc");

	if (pool == NULL || rte_mempool_get_bulk(pool, (void **)all, BUFFERS) < 0)
		return NULL;
	for (unsigned i = 0; i < BUFFERS; i++) {
		rte_pktmbuf_reset(all[i]);
		all[i]->pkt_len = frames_make(c, i, rte_pktmbuf_mtod(all[i], uint8_t *), DATA_ROOM);
		all[i]->data_len = (uint16_t)all[i]->pkt_len;
	}
	rte_mempool_put_bulk(pool, (void **)all, BUFFERS);
	return pool;
}

static int open_port(uint16_t port, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = {0};
	uint16_t rx = RING, tx = RING;
	int ret = rte_eth_dev_configure(port, 1, 1, &conf);

	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx, &tx);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(port, 0, tx, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(port, 0, rx, SOCKET_ID_ANY, NULL, pool);
	return ret == 0 ? rte_eth_dev_start(port) : ret;
}

static bool has_link(uint16_t port)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status != 0;
}

static void send_burst(
	const struct bench_case *c, uint16_t port, struct rte_mempool *pool, uint64_t *next)
{
	struct rte_mbuf *frames[BURST];

	if (rte_mempool_get_bulk(pool, (void **)frames, BURST) < 0)
		return;
	for (unsigned i = 0; c->frames.session_bits > 0 && i < BURST; i++)
		frames_renew(c, (*next)++, rte_pktmbuf_mtod(frames[i], uint8_t *));
	uint16_t sent = rte_eth_tx_burst(port, 0, frames, BURST);
	if (sent < BURST)
		rte_pktmbuf_free_bulk(frames + sent, BURST - sent);
}

static void generate(
	const struct bench_case *c, uint64_t next, uint16_t port, struct rte_mempool *pool)
{
	uint64_t until = rte_get_timer_cycles() + LIFE_SECONDS * rte_get_timer_hz();

	while (!ended && !has_link(port) && rte_get_timer_cycles() < until)
		rte_delay_us_sleep(1000);
	while (!ended && has_link(port) && rte_get_timer_cycles() < until) {
		for (unsigned i = 0; !ended && i < BURSTS; i++)
			send_burst(c, port, pool, &next);
	}
}

int main(int argc, char **argv)
{
	char vdev[256];

	if (argc != 4 || strtoul(argv[2], NULL, 10) >= bench_cases_n) {
		fprintf(stderr, "usage: memif-generator SOCKET CASE FIRST\n");
		return 2;
	}
	signal(SIGTERM, end);
	snprintf(vdev, sizeof(vdev), "net_memif0,role=client,id=0,socket=%s,socket-abstract=yes",
		argv[1]);
	if (eal_start(vdev, false) < 0)
		return 1;
	const struct bench_case *c = &bench_cases[strtoul(argv[2], NULL, 10)];
	uint16_t port = (uint16_t)rte_eth_find_next(0);
	struct rte_mempool *pool = make_frames(c);
	int ret = port >= RTE_MAX_ETHPORTS ? -ENODEV
		  : pool == NULL           ? -ENOMEM
					   : open_port(port, pool);
	if (ret == 0)
		generate(c, strtoull(argv[3], NULL, 10), port, pool);
	else
		fprintf(stderr, "memif-generator: %s\n", strerror(-ret));
	eal_stop();
	return ret == 0 ? 0 : 1;
}
