/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Viewers that tap and ask for the newest frame, as fast as memif takes it, and read what comes
 * back, until SIGTERM or the end of the link. Each buffer is a viewer: its datagram lies ready and
 * gets the next sequence just before it is sent.
 *
 * answer-asker SOCKET
 */

#include "client/device/eal_start.h"
#include "client/relay/frame_build.h"
#include "wire/answer.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
	BURST = 64,
	VIEWERS = 1024,
	CHANNELS = 64,
	DATA_ROOM = 512,
	RING = 1024,
	LIFE_SECONDS = 300,
	HEADERS = 14 + 20 + 8,
	AT_SUM = HEADERS - 2,
	AT_SEQUENCE = HEADERS + 12,
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static size_t put_viewer(unsigned i, uint8_t *out)
{
	const struct reaction_datagram d = {.session = i + 1,
		.channel = (uint16_t)(i % CHANNELS),
		.flags = REACTION_FRAME,
		.batches = 1,
		.sequence = 1};
	const struct flow flow = {.source_port = (uint16_t)(1024 + i),
		.destination_port = WIRE_PORT_REACTIONS,
		.source = {10, 1, (uint8_t)(i >> 8), (uint8_t)i},
		.destination = {10, 0, 0, 1}};
	uint8_t payload[ANSWER_MAX] = {0};
	size_t len = reaction_put_header(payload, sizeof(payload), &d);

	reaction_put_batch(payload, sizeof(payload), len, (const uint8_t[]){i % 24, 1}, 1);
	return (size_t)frame_build(&flow, payload, sizeof(payload), out);
}

static struct rte_mempool *make_viewers(void)
{
	static struct rte_mbuf *all[VIEWERS];
	struct rte_mempool *pool = rte_pktmbuf_pool_create_by_ops("viewers", VIEWERS, 0, 0,
		FRAME_BUILD_MAX + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY, "ring_sp_sc");

	if (pool == NULL || rte_mempool_get_bulk(pool, (void **)all, VIEWERS) < 0)
		return NULL;
	for (unsigned i = 0; i < VIEWERS; i++) {
		rte_pktmbuf_reset(all[i]);
		all[i]->pkt_len = (uint32_t)put_viewer(i, rte_pktmbuf_mtod(all[i], uint8_t *));
		all[i]->data_len = (uint16_t)all[i]->pkt_len;
	}
	rte_mempool_put_bulk(pool, (void **)all, VIEWERS);
	return pool;
}

/* The checksum follows (RFC 1624, equation 3). */
static void next_sequence(uint8_t *frame)
{
	uint32_t was = load_be32(frame + AT_SEQUENCE), is = was + 1;
	uint32_t sum = (uint16_t)~load_be16(frame + AT_SUM);

	sum += (uint16_t) ~(was >> 16) + (uint32_t)(uint16_t)~was + (is >> 16) + (is & 0xffff);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	store_be32(frame + AT_SEQUENCE, is);
	store_be16(frame + AT_SUM, (uint16_t)~sum != 0 ? (uint16_t)~sum : 0xffff);
}

static void ask(uint16_t port, struct rte_mempool *pool)
{
	struct rte_mbuf *frames[BURST];

	if (rte_mempool_get_bulk(pool, (void **)frames, BURST) < 0)
		return;
	for (unsigned i = 0; i < BURST; i++)
		next_sequence(rte_pktmbuf_mtod(frames[i], uint8_t *));
	uint16_t sent = rte_eth_tx_burst(port, 0, frames, BURST);
	if (sent < BURST)
		rte_pktmbuf_free_bulk(frames + sent, BURST - sent);
}

/* How many were no answers of the length that was wanted. */
static unsigned read_answers(uint16_t port)
{
	struct rte_mbuf *frames[BURST];
	uint16_t n = rte_eth_rx_burst(port, 0, frames, BURST);
	unsigned bad = 0;

	for (uint16_t i = 0; i < n; i++)
		bad += frames[i]->data_len != HEADERS + ANSWER_MAX ||
		       rte_pktmbuf_mtod(frames[i], uint8_t *)[HEADERS] != ANSWER_MAGIC;
	rte_pktmbuf_free_bulk(frames, n);
	return bad;
}

static bool has_link(uint16_t port)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status != 0;
}

static unsigned run(uint16_t port, struct rte_mempool *pool)
{
	uint64_t until = rte_get_timer_cycles() + LIFE_SECONDS * rte_get_timer_hz();
	unsigned bad = 0;

	while (!ended && !has_link(port) && rte_get_timer_cycles() < until)
		rte_delay_us_sleep(1000);
	while (!ended && has_link(port) && rte_get_timer_cycles() < until) {
		for (unsigned i = 0; !ended && i < 1024; i++) {
			ask(port, pool);
			bad += read_answers(port);
		}
	}
	return bad;
}

static int open_port(uint16_t port)
{
	const struct rte_eth_conf conf = {0};
	uint16_t rx = RING, tx = RING;
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"answers", 4095, 2 * BURST, 0, DATA_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	int ret = pool == NULL ? -ENOMEM : rte_eth_dev_configure(port, 1, 1, &conf);

	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx, &tx);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(port, 0, tx, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(port, 0, rx, SOCKET_ID_ANY, NULL, pool);
	return ret == 0 ? rte_eth_dev_start(port) : ret;
}

int main(int argc, char **argv)
{
	char vdev[256];
	unsigned bad = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: answer-asker SOCKET\n");
		return 2;
	}
	signal(SIGTERM, end);
	snprintf(vdev, sizeof(vdev), "net_memif0,role=client,id=0,socket=%s,socket-abstract=yes",
		argv[1]);
	if (eal_start(vdev, false) < 0)
		return 1;
	uint16_t port = (uint16_t)rte_eth_find_next(0);
	struct rte_mempool *pool = make_viewers();
	int ret = port >= RTE_MAX_ETHPORTS ? -ENODEV : pool == NULL ? -ENOMEM : open_port(port);
	if (ret == 0)
		bad = run(port, pool);
	if (ret < 0 || bad > 0)
		fprintf(stderr, "answer-asker: %s, %u bad answers\n", strerror(-ret), bad);
	eal_stop();
	return ret == 0 && bad == 0 ? 0 : 1;
}
