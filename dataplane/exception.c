/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/exception.h"

#include "dataplane/interface.h"
#include "dataplane/interface_up.h"
#include "dataplane/log.h"

#include <errno.h>
#include <net/if.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ring.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DEVICE_RING = 512 };

static struct rte_ring *make_ring(unsigned number, const char *way, unsigned lane)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "exception%u_%s%u", number, way, lane);
	return rte_ring_create(name, EXCEPTION_RING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

static int make_rings(
	struct exception *e, const struct exception_wanted *wanted, char *error, size_t cap)
{
	e->from_kernel = make_ring(wanted->number, "from", 0);
	while (e->from_kernel != NULL && e->lanes < wanted->lanes) {
		struct rte_ring *ring = make_ring(wanted->number, "to", e->lanes);

		if (ring == NULL)
			break;
		e->to_kernel[e->lanes++] = ring;
	}
	if (e->lanes == wanted->lanes)
		return 0;
	snprintf(error, cap, "no memory for the exception port of %s: %s", wanted->device,
		rte_strerror(rte_errno));
	return -ENOMEM;
}

/* The frames that are still on a ring. */
static void free_ring(struct rte_ring *ring)
{
	void *frame;

	while (ring != NULL && rte_ring_sc_dequeue(ring, &frame) == 0)
		rte_pktmbuf_free(frame);
	rte_ring_free(ring);
}

static void free_rings(struct exception *e)
{
	for (unsigned i = 0; i < e->lanes; i++)
		free_ring(e->to_kernel[i]);
	free_ring(e->from_kernel);
}

/* virtio-user hands whole bursts to a thread of the kernel; TAP makes a system call a frame. */
static void name_device(const struct exception *e, const struct exception_wanted *wanted,
	const struct rte_ether_addr *mac, bool vhost, char *out, size_t cap)
{
	char text[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(text, sizeof(text), mac);
	if (vhost)
		snprintf(out, cap,
			"virtio_user%u,path=/dev/vhost-net,queues=1,queue_size=1024,iface=%s,"
			"mac=%s",
			wanted->number, e->interface, text);
	else
		snprintf(out, cap, "net_tap_exception%u,iface=%s,mac=%s", wanted->number,
			e->interface, text);
}

static int probe(struct exception *e, const char *devargs, char *error, size_t cap)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret = rte_dev_probe(devargs);

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(devargs, ","), devargs);
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(name, &e->port);
	if (ret < 0)
		snprintf(error, cap,
			"the exception interface %s cannot be made: %s; it takes root or "
			"CAP_NET_ADMIN, and /dev/net/tun; or set exception: off",
			e->interface, rte_strerror(-ret));
	return ret;
}

/* One queue each way, the card's buffers. */
static int configure(const struct exception *e, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = {0};
	uint16_t rx = DEVICE_RING, tx = DEVICE_RING;
	int ret = rte_eth_dev_configure(e->port, 1, 1, &conf);

	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(e->port, &rx, &tx);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(e->port, 0, rx, SOCKET_ID_ANY, NULL, pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(e->port, 0, tx, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_dev_start(e->port);
	return ret;
}

static void remove_device(const struct exception *e)
{
	struct rte_eth_dev_info info;
	bool known = rte_eth_dev_info_get(e->port, &info) == 0;

	rte_eth_dev_stop(e->port);
	rte_eth_dev_close(e->port);
	if (known)
		rte_dev_remove(info.device);
}

/* The interface, as the kernel should see the card. */
static int set_up(struct exception *e, const struct exception_wanted *wanted,
	const struct rte_ether_addr *mac, char *error, size_t cap)
{
	struct rte_eth_dev_info info;
	uint16_t mtu = RTE_ETHER_MTU;
	int ret = configure(e, wanted->pool);

	rte_eth_dev_get_mtu(wanted->port, &mtu);
	e->frame_max = mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN;
	if (ret == 0)
		ret = interface_bring_up(e->interface, mac->addr_bytes, mtu);
	if (ret < 0) {
		snprintf(error, cap, "the exception interface %s cannot be set up: %s",
			e->interface, strerror(-ret));
		return ret;
	}
	if (rte_eth_dev_info_get(e->port, &info) == 0)
		snprintf(e->driver, sizeof(e->driver), "%s", info.driver_name);
	return 0;
}

/* What is sent to groups: neighbour discovery needs it. */
static void listen_to_groups(const struct exception_wanted *wanted)
{
	int ret = rte_eth_allmulticast_enable(wanted->port);

	if (ret < 0)
		LOG_NOTICE("%s does not receive what is sent to groups (%s): IPv6 may not find the "
			   "kernel's addresses",
			wanted->device, rte_strerror(-ret));
}

/* vhost-net that can be opened need not work: a container may be refused what it asks next. */
static int make_interface(struct exception *e, const struct exception_wanted *wanted,
	const struct rte_ether_addr *mac, char *error, size_t cap)
{
	bool vhost = access("/dev/vhost-net", R_OK | W_OK) == 0;
	char devargs[256];

	name_device(e, wanted, mac, vhost, devargs, sizeof(devargs));
	int ret = probe(e, devargs, error, cap);
	if (ret == 0 || !vhost)
		return ret;
	LOG_NOTICE("vhost-net does not work here (%s): %s is made with TAP, which is slower",
		rte_strerror(-ret), e->interface);
	name_device(e, wanted, mac, false, devargs, sizeof(devargs));
	return probe(e, devargs, error, cap);
}

static int open_device(
	struct exception *e, const struct exception_wanted *wanted, char *error, size_t cap)
{
	struct rte_ether_addr mac;
	int ret = rte_eth_macaddr_get(wanted->port, &mac);

	if (ret < 0) {
		snprintf(error, cap, "the MAC of %s is not to be had: %s", wanted->device,
			rte_strerror(-ret));
		return ret;
	}
	ret = make_interface(e, wanted, &mac, error, cap);
	if (ret < 0)
		return ret;
	ret = set_up(e, wanted, &mac, error, cap);
	if (ret < 0)
		remove_device(e);
	return ret;
}

static int name_interface(
	struct exception *e, const struct exception_wanted *wanted, char *error, size_t cap)
{
	if (wanted->interface != NULL)
		snprintf(e->interface, sizeof(e->interface), "%s", wanted->interface);
	else
		snprintf(e->interface, sizeof(e->interface), "uproar%u", wanted->number);
	if (if_nametoindex(e->interface) == 0)
		return 0;
	snprintf(error, cap,
		"there is an interface %s already: give the exception interface of %s another name "
		"with exception_interface, or take that one away",
		e->interface, wanted->device);
	return -EEXIST;
}

int exception_open(
	struct exception *e, const struct exception_wanted *wanted, char *error, size_t cap)
{
	*e = (struct exception){.per_second = wanted->per_second};
	int ret = name_interface(e, wanted, error, cap);

	if (ret == 0)
		ret = make_rings(e, wanted, error, cap);
	if (ret == 0)
		ret = open_device(e, wanted, error, cap);
	if (ret < 0) {
		free_rings(e);
		return ret;
	}
	listen_to_groups(wanted);
	e->open = true;
	e->index = if_nametoindex(e->interface);
	LOG_INFO(
		"what is no reaction on %s goes to the kernel through %s (%s), at most %u frames a "
		"second",
		wanted->device, e->interface, e->driver, e->per_second);
	return 0;
}

void exception_close(struct exception *e)
{
	if (!e->open)
		return;
	remove_device(e);
	free_rings(e);
	e->open = false;
}

void exception_watch(struct exception *e)
{
	bool gone = e->open && !interface_is_running(e->index);

	if (gone && !e->gone)
		LOG_WARNING("%s is down or was deleted: the kernel gets nothing of the card any "
			    "more (ip link set %s up, or restart)",
			e->interface, e->interface);
	e->gone = gone;
}

void exception_info(const struct exception *e, struct dataplane_exception *out)
{
	*out = (struct dataplane_exception){
		.delivered = __atomic_load_n(&e->delivered, __ATOMIC_RELAXED),
		.kernel_full = __atomic_load_n(&e->kernel_full, __ATOMIC_RELAXED),
		.taken = __atomic_load_n(&e->taken, __ATOMIC_RELAXED),
		.return_full = __atomic_load_n(&e->not_handed, __ATOMIC_RELAXED),
	};
	if (e->open) {
		snprintf(out->interface, sizeof(out->interface), "%s", e->interface);
		snprintf(out->driver, sizeof(out->driver), "%s", e->driver);
	}
}

void exception_join(const struct exception *e, unsigned lane, struct exception_lane *out)
{
	*out = (struct exception_lane){.on = e->open};
	if (!e->open)
		return;
	out->to_kernel = e->to_kernel[lane];
	out->allowance.per_second = (e->per_second + e->lanes - 1) / e->lanes;
	if (lane == 0)
		out->from_kernel = e->from_kernel;
}
