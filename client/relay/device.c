/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/device.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/relay/eal_start.h"

#include <errno.h>
#include <poll.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <string.h>

enum { RING = 1024, MBUFS = 4095, LINK_POLL_MS = 20 };

static int set_up_port(struct device *d)
{
	const struct rte_eth_conf conf = {0};
	uint16_t rx = RING, tx = RING;
	int ret = rte_eth_dev_configure(d->port, 1, 1, &conf);

	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(d->port, &rx, &tx);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(d->port, 0, tx, SOCKET_ID_ANY, NULL);
	// nothing is received yet, but no device starts without a receive queue
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(d->port, 0, rx, SOCKET_ID_ANY, NULL, d->pool);
	return ret;
}

int device_open(struct device *d, const char *vdev, bool verbose)
{
	int ret = eal_start(vdev, verbose);

	if (ret < 0)
		return ret;
	*d = (struct device){.port = RTE_MAX_ETHPORTS};
	pthread_mutex_init(&d->lock, NULL);
	d->port = (uint16_t)rte_eth_find_next(0);
	if (d->port >= RTE_MAX_ETHPORTS) {
		complain("DPDK made no device of '%s'; --verbose shows why", vdev);
		ret = -ENODEV;
		goto close;
	}
	d->pool = rte_pktmbuf_pool_create(
		"relay", MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	ret = d->pool == NULL ? -ENOMEM : set_up_port(d);
	if (ret == 0)
		return 0;
	complain("the device '%s' cannot be set up: %s", vdev, strerror(-ret));
close:
	device_close(d);
	return ret;
}

static bool link_is_up(const struct device *d)
{
	struct rte_eth_link link;

	return d->started && rte_eth_link_get_nowait(d->port, &link) == 0 &&
	       link.link_status == RTE_ETH_LINK_UP;
}

/* memif starts only while its server listens. */
static void restart(struct device *d)
{
	uint64_t now = clock_now();

	if (now < d->retry_at)
		return;
	d->retry_at = now + DEVICE_RETRY_MS * CLOCK_MS;
	if (d->started)
		rte_eth_dev_stop(d->port);
	d->started = rte_eth_dev_start(d->port) == 0;
}

bool device_has_link(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	bool up = link_is_up(d);
	if (!up)
		restart(d);
	pthread_mutex_unlock(&d->lock);
	return up;
}

int device_await_link(struct device *d, uint64_t deadline, int interrupt_fd)
{
	struct pollfd p = {.fd = interrupt_fd, .events = POLLIN};

	while (!device_has_link(d)) {
		if (clock_left_ms(deadline) == 0) {
			complain("the appliance is not at the other end of the device; is uproard "
				 "running, "
				 "with the other end in its configuration?");
			return -ETIMEDOUT;
		}
		if (poll(&p, 1, LINK_POLL_MS) > 0)
			return -EINTR;
	}
	return 0;
}

/* Builds the frames; returns how many there was memory for. */
static unsigned build(struct device *d, const struct parcel *parcels, unsigned n,
	struct rte_mbuf *frames[DEVICE_BURST])
{
	for (unsigned i = 0; i < n; i++) {
		frames[i] = rte_pktmbuf_alloc(d->pool);
		if (frames[i] == NULL)
			return i;
		int len = frame_build(&parcels[i].flow, parcels[i].payload, parcels[i].len,
			rte_pktmbuf_mtod(frames[i], uint8_t *));
		if (len < 0) {
			rte_pktmbuf_free(frames[i]);
			return i;
		}
		rte_pktmbuf_append(frames[i], (uint16_t)len);
	}
	return n;
}

unsigned device_send(struct device *d, const struct parcel *parcels, unsigned n)
{
	struct rte_mbuf *frames[DEVICE_BURST];
	unsigned built, sent;

	pthread_mutex_lock(&d->lock);
	built = d->started ? build(d, parcels, n < DEVICE_BURST ? n : DEVICE_BURST, frames) : 0;
	sent = built == 0 ? 0 : rte_eth_tx_burst(d->port, 0, frames, (uint16_t)built);
	pthread_mutex_unlock(&d->lock);
	if (sent < built)
		rte_pktmbuf_free_bulk(frames + sent, built - sent);
	return sent;
}

void device_close(struct device *d)
{
	if (d->port < RTE_MAX_ETHPORTS) {
		rte_eth_dev_stop(d->port);
		rte_eth_dev_close(d->port);
	}
	rte_mempool_free(d->pool);
	eal_stop();
	pthread_mutex_destroy(&d->lock);
}
