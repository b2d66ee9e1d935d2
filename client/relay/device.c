/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/device.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/relay/eal_start.h"
#include "client/relay/unmap.h"

#include <errno.h>
#include <poll.h>
#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <semaphore.h>
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
	unmap_guard(&d->lock);
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

/*
 * Stops and starts the device: the memif driver connects only then, and only while its server
 * listens. This is an alarm, so DPDK's interrupt thread runs it, the same that takes a lost
 * connection down: two threads at once would free its rings twice. The lock is not held meanwhile,
 * for the driver unmaps the rings (unmap.h); nobody sends, because the device is not started.
 */
static void restart(void *arg)
{
	struct device *d = arg;

	pthread_mutex_lock(&d->lock);
	bool up = link_is_up(d), was_started = d->started;
	d->started = up;
	pthread_mutex_unlock(&d->lock);
	if (!up && was_started)
		rte_eth_dev_stop(d->port);
	bool started = up || rte_eth_dev_start(d->port) == 0;
	pthread_mutex_lock(&d->lock);
	d->started = started;
	d->restarting = false;
	d->retry_at = clock_now() + DEVICE_RETRY_MS * CLOCK_MS;
	pthread_mutex_unlock(&d->lock);
}

bool device_has_link(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	bool up = link_is_up(d);
	if (!up && !d->restarting && clock_now() >= d->retry_at)
		d->restarting = rte_eal_alarm_set(1, restart, d) == 0;
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
	if (sent > built) // the driver's word for a connection that was lost just then
		sent = built;
	if (sent < built)
		rte_pktmbuf_free_bulk(frames + sent, built - sent);
	return sent;
}

/* The lock is for the rings; the frames are copies of what lay in them. */
unsigned device_receive(struct device *d, device_handler *handler, void *ctx)
{
	struct rte_mbuf *frames[DEVICE_BURST];

	pthread_mutex_lock(&d->lock);
	unsigned n = d->started ? rte_eth_rx_burst(d->port, 0, frames, DEVICE_BURST) : 0;
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < n; i++) {
		if (frames[i]->nb_segs == 1)
			handler(ctx, rte_pktmbuf_mtod(frames[i], uint8_t *), frames[i]->data_len);
	}
	rte_pktmbuf_free_bulk(frames, n);
	return n;
}

struct stopping {
	uint16_t port;
	sem_t done;
};

static void stop(void *arg)
{
	struct stopping *s = arg;

	rte_eth_dev_stop(s->port);
	sem_post(&s->done);
}

/* In the interrupt thread, too: the appliance may be going at this moment. */
static void stop_and_wait(struct device *d)
{
	struct stopping s = {.port = d->port};

	rte_eal_alarm_cancel(restart, d); // waits if it is running
	sem_init(&s.done, 0, 0);
	if (rte_eal_alarm_set(1, stop, &s) < 0)
		stop(&s);
	while (sem_wait(&s.done) < 0)
		; // a signal
	sem_destroy(&s.done);
}

void device_close(struct device *d)
{
	if (d->port < RTE_MAX_ETHPORTS) {
		stop_and_wait(d);
		rte_eth_dev_close(d->port);
	}
	rte_mempool_free(d->pool);
	eal_stop();
	unmap_guard(NULL);
	pthread_mutex_destroy(&d->lock);
}
