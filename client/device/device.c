/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/device/device.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/device/eal_start.h"
#include "client/device/unmap.h"

#include <errno.h>
#include <poll.h>
#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <semaphore.h>
#include <string.h>

enum { RING = 1024, MBUFS = 4095, LINK_POLL_MS = 20 };

/*
 * 762 buffers of this size, with all that DPDK puts around them, fill a page of 2 MiB but for 128
 * bytes. AF_XDP's driver takes the pool for one piece, and the kernel does not send what lies
 * behind the end of that: with gaps as wide as those of the usual size, 1 of 1000 frames (22.11,
 * measured).
 */
enum { BUFFER = 2560 };

static int set_up_port(struct device *d)
{
	const struct rte_eth_conf conf = {0};
	uint16_t rx = RING, tx = RING;
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get(d->port, &info);

	d->driver = ret == 0 ? info.driver_name : "";
	d->reconnects = strcmp(d->driver, "net_memif") == 0;
	if (ret == 0)
		ret = rte_eth_dev_configure(d->port, 1, d->queues, &conf);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(d->port, &rx, &tx);
	for (uint16_t q = 0; ret == 0 && q < d->queues; q++)
		ret = rte_eth_tx_queue_setup(d->port, q, tx, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(d->port, 0, rx, SOCKET_ID_ANY, NULL, d->pool);
	return ret;
}

int device_attach(struct device *d, const char *name, unsigned queues)
{
	int ret;

	memset(d, 0, sizeof(*d));
	d->port = RTE_MAX_ETHPORTS;
	d->queues = (uint16_t)queues;
	for (unsigned q = 0; q < queues; q++)
		pthread_mutex_init(&d->locks[q].mutex, NULL);
	unmap_guard(d->locks, queues);
	d->port = (uint16_t)rte_eth_find_next(0);
	if (d->port >= RTE_MAX_ETHPORTS) {
		complain("DPDK made no device of '%s'; --verbose shows why", name);
		ret = -ENODEV;
		goto close;
	}
	d->pool = rte_pktmbuf_pool_create("device", MBUFS, 0, 0, BUFFER, SOCKET_ID_ANY);
	ret = d->pool == NULL ? -ENOMEM : set_up_port(d);
	if (ret == 0)
		return 0;
	complain("the device '%s' cannot be set up with %u transmit queue%s: %s", name, queues,
		queues == 1 ? "" : "s", strerror(-ret));
close:
	device_close(d);
	return ret;
}

int device_open(struct device *d, const char *vdev, bool verbose)
{
	int ret = eal_start(vdev, verbose);

	return ret < 0 ? ret : device_attach(d, vdev, 1);
}

static void lock_all(struct device *d)
{
	for (unsigned q = 0; q < d->queues; q++)
		pthread_mutex_lock(&d->locks[q].mutex);
}

static void unlock_all(struct device *d)
{
	for (unsigned q = 0; q < d->queues; q++)
		pthread_mutex_unlock(&d->locks[q].mutex);
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
 * connection down: two threads at once would free its rings twice. No lock is held meanwhile, for
 * the driver unmaps the rings (unmap.h); nobody sends, because the device is not started.
 */
static void restart(void *arg)
{
	struct device *d = arg;

	lock_all(d);
	bool up = link_is_up(d), was_started = d->started;
	d->started = up;
	unlock_all(d);
	if (!up && was_started)
		rte_eth_dev_stop(d->port);
	bool started = up || rte_eth_dev_start(d->port) == 0;
	lock_all(d);
	d->started = started;
	d->restarting = false;
	d->retry_at = clock_now() + DEVICE_RETRY_MS * CLOCK_MS;
	unlock_all(d);
}

bool device_has_link(struct device *d)
{
	pthread_mutex_lock(&d->locks[0].mutex);
	bool up = link_is_up(d);
	if (!up && d->reconnects && !d->restarting && clock_now() >= d->retry_at)
		d->restarting = rte_eal_alarm_set(1, restart, d) == 0;
	pthread_mutex_unlock(&d->locks[0].mutex);
	return up;
}

/* What has not to be started again and again is started here. */
static int start_once(struct device *d)
{
	int ret = d->reconnects || d->started ? 0 : rte_eth_dev_start(d->port);

	if (ret < 0) {
		complain("the device does not start: %s", strerror(-ret));
		return ret;
	}
	d->started = !d->reconnects;
	return 0;
}

int device_await_link(struct device *d, uint64_t deadline, int interrupt_fd)
{
	struct pollfd p = {.fd = interrupt_fd, .events = POLLIN};
	int ret = start_once(d);

	if (ret < 0)
		return ret;
	while (!device_has_link(d)) {
		if (clock_left_ms(deadline) == 0) {
			complain("%s", d->reconnects
					       ? "the appliance is not at the other end of the "
						 "device; is uproard running, with the other "
						 "end in its configuration, as many queues, and "
						 "nobody else at it?"
					       : "the device has no link; is the other end up?");
			return -ETIMEDOUT;
		}
		if (poll(&p, 1, LINK_POLL_MS) > 0)
			return -EINTR;
	}
	return 0;
}

static unsigned transmit(struct device *d, unsigned queue, struct rte_mbuf **frames, unsigned n)
{
	unsigned sent = rte_eth_tx_burst(d->port, (uint16_t)queue, frames, (uint16_t)n);

	return sent > n ? n : sent; // more is the driver's word for a connection lost just then
}

unsigned device_transmit(struct device *d, unsigned queue, struct rte_mbuf **frames, unsigned n)
{
	pthread_mutex_lock(&d->locks[queue].mutex);
	unsigned sent = d->started ? transmit(d, queue, frames, n) : 0;
	pthread_mutex_unlock(&d->locks[queue].mutex);
	return sent;
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

	pthread_mutex_lock(&d->locks[0].mutex);
	built = d->started ? build(d, parcels, n < DEVICE_BURST ? n : DEVICE_BURST, frames) : 0;
	sent = built == 0 ? 0 : transmit(d, 0, frames, built);
	pthread_mutex_unlock(&d->locks[0].mutex);
	if (sent < built)
		rte_pktmbuf_free_bulk(frames + sent, built - sent);
	return sent;
}

/* The lock is for the rings; the frames are copies of what lay in them. */
unsigned device_receive(struct device *d, device_handler *handler, void *ctx)
{
	struct rte_mbuf *frames[DEVICE_BURST];

	pthread_mutex_lock(&d->locks[0].mutex);
	unsigned n = d->started ? rte_eth_rx_burst(d->port, 0, frames, DEVICE_BURST) : 0;
	pthread_mutex_unlock(&d->locks[0].mutex);
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

/* Of memif in the interrupt thread, too: the appliance may be going at this moment. */
static void stop_and_wait(struct device *d)
{
	struct stopping s = {.port = d->port};

	if (!d->reconnects) {
		rte_eth_dev_stop(d->port);
		return;
	}
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
	unmap_guard(NULL, 0);
	for (unsigned q = 0; q < d->queues; q++)
		pthread_mutex_destroy(&d->locks[q].mutex);
}
