/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/port.h"

#include "dataplane/interrupts.h"
#include "dataplane/log.h"
#include "dataplane/port_buffers.h"
#include "dataplane/rss.h"
#include "dataplane/steering.h"
#include "dataplane/vdev.h"
#include "dataplane/vlan_filter.h"
#include "dataplane/worker.h"
#include "dataplane/xdp_complaint.h"

#include <errno.h>
#include <net/if.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <string.h>

static bool taken[RTE_MAX_ETHPORTS];

/* One worker needs a queue to receive and one to answer. */
static int check_queues(
	const struct port *p, const struct rte_eth_dev_info *info, char *error, size_t cap)
{
	uint16_t most = RTE_MIN(info->max_rx_queues, info->max_tx_queues);

	if (p->queues <= most)
		return 0;
	snprintf(error, cap,
		"%s has %u queues to receive and %u to send, %u are configured: set queues to %u "
		"or less",
		p->device, info->max_rx_queues, info->max_tx_queues, p->queues, most);
	return -ERANGE;
}

static void say_how_it_spreads(const struct port *p, const struct rss *rss)
{
	char fault[256];

	rss_check(rss, p->id, fault, sizeof(fault));
	if (fault[0] != '\0')
		LOG_NOTICE("%s %s", p->device, fault);
}

/* As far as the start; a card that steers has a queue for other traffic besides. */
static int make_queues(struct port *p, const struct rte_eth_dev_info *info, struct rss *rss)
{
	struct rte_eth_conf conf = {0};
	uint16_t rx = PORT_RX_RING, tx = PORT_TX_RING, n = steering_rx_queues(&p->steering);
	int node = rte_eth_dev_socket_id(p->id), ret;

	conf.rxmode.offloads =
		(info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM) | vlan_filter_offloads(info);
	/* What is sent is of one pool, in one piece and nobody else's. */
	conf.txmode.offloads = info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (n > 1)
		rss_ask(rss, &conf);
	/* Answers leave on the queue of the number on which the datagram came. */
	ret = rte_eth_dev_configure(p->id, n, p->queues, &conf);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(p->id, &rx, &tx);
	p->rx_ring = rx;
	for (uint16_t q = 0; ret == 0 && q < n; q++)
		ret = rte_eth_rx_queue_setup(p->id, q, rx, node, NULL, p->pool);
	for (uint16_t q = 0; ret == 0 && q < p->queues; q++)
		ret = rte_eth_tx_queue_setup(p->id, q, tx, node, NULL);
	return ret;
}

/* With the card's steering; without, if that is not to be had and nothing hangs on it. */
static int start(struct port *p, const struct rte_eth_dev_info *info, struct rss *rss)
{
	int ret = make_queues(p, info, rss);

	if (ret < 0)
		return ret;
	if (steering_check(&p->steering, rss) == 0) {
		ret = rte_eth_dev_start(p->id);
		if (ret < 0 || steering_apply(&p->steering, rss) == 0)
			return ret;
		rte_eth_dev_stop(p->id);
	}
	if (p->steering.kind == STEERING_BIFURCATED)
		return -ENOTSUP;
	steering_give_up(&p->steering);
	ret = make_queues(p, info, rss);
	return ret == 0 ? rte_eth_dev_start(p->id) : ret;
}

/* Of a port that cannot go on without its rules, or of the kernel about our program. */
static const char *reason(const struct port *p)
{
	return p->steering.kind == STEERING_BIFURCATED ? p->steering.why : xdp_complaint();
}

static int configure(struct port *p, char *error, size_t cap)
{
	struct rte_eth_dev_info info;
	struct rss rss;
	int ret = rte_eth_dev_info_get(p->id, &info);

	if (ret < 0)
		goto failed;
	if (check_queues(p, &info, error, cap) < 0)
		return -ERANGE;
	snprintf(p->driver, sizeof(p->driver), "%s", info.driver_name);
	ret = rss_choose(&rss, &info);
	if (ret == 0)
		ret = start(p, &info, &rss);
	if (ret == 0) {
		if (vlan_filter_open(p->id, &info) < 0)
			LOG_WARNING("%s drops frames with VLAN tags", p->device);
		if (p->queues > 1)
			say_how_it_spreads(p, &rss);
		p->other_queue = steering_other_queue(&p->steering);
		return 0;
	}
failed:
	snprintf(error, cap, "%s cannot be set up with %u queue%s: %s%s%s", p->device, p->queues,
		p->queues == 1 ? "" : "s", rte_strerror(-ret), reason(p)[0] != '\0' ? ": " : "",
		reason(p));
	return ret;
}

/* People write the name that `ip link` shows. */
static void say_unopened(const struct port *p, int ret, char *error, size_t cap)
{
	if (if_nametoindex(p->device) != 0)
		snprintf(error, cap,
			"%s is an interface of the kernel; write net_af_xdp0,iface=%s, or "
			"net_af_packet0,iface=%s where AF_XDP is not to be had",
			p->device, p->device, p->device);
	else
		snprintf(error, cap,
			"%s cannot be opened: %s; wanted: auto, a PCI address, or the name of a "
			"DPDK virtual device with its arguments",
			p->device, rte_strerror(-ret));
}

static int find_or_probe(struct port *p, const char *devargs, char *error, size_t cap)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret;

	vdev_name(devargs, name, sizeof(name));
	if (rte_eth_dev_get_port_by_name(name, &p->id) == 0)
		return 0;
	ret = rte_dev_probe(devargs);
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(name, &p->id);
	if (ret == 0) {
		p->probed = true;
		return 0;
	}
	say_unopened(p, ret, error, cap);
	return ret;
}

static void remove_now(void *port)
{
	struct port *p = port;
	struct rte_eth_dev_info info;
	bool known = rte_eth_dev_info_get(p->id, &info) == 0;

	taken[p->id] = false;
	steering_withdraw(&p->steering);
	rte_eth_dev_stop(p->id);
	steering_leave(&p->steering);
	rte_eth_dev_close(p->id);
	if (p->probed && known)
		rte_dev_remove(info.device);
	rte_mempool_free(p->pool);
}

static void remove_device(struct port *p)
{
	if (strcmp(p->driver, "net_memif") == 0)
		interrupts_do(remove_now, p);
	else
		remove_now(p);
}

/*
 * The same device twice would be two ports on one. DPDK's ownership of ports would say so, too, but
 * it hides them from dpdk-dumpcap and dpdk-proc-info.
 */
static int take(const struct port *p, char *error, size_t cap)
{
	if (!taken[p->id]) {
		taken[p->id] = true;
		return 0;
	}
	snprintf(error, cap, "%s is the device of another port already: name each device once",
		p->device);
	return -EEXIST;
}

static int open_program(struct port *p, const char *interface, const char *records,
	uint16_t reaction_port, char *error, size_t cap)
{
	int ret = xdp_program_open(&p->program, interface, records, reaction_port);

	p->xdp = ret == 0;
	if (ret < 0)
		snprintf(error, cap, "our XDP program is not to be found on %s: %s", interface,
			strerror(-ret));
	return ret;
}

/* A second interface of the card's MAC would get nothing, and confuse the first. */
static int refuse_exception(const struct port *p, char *error, size_t cap)
{
	snprintf(error, cap,
		"%s is shared with the kernel, which gets what is no reaction already: set "
		"exception: off",
		p->device);
	return -EINVAL;
}

/* A port that is shared with the kernel needs no other way to it. */
static int choose_steering(struct port *p, const struct dataplane_port *config,
	uint16_t reaction_port, char *error, size_t cap)
{
	const struct steering_wanted wanted = {.port = p->id,
		.queues = p->queues,
		.udp_port = reaction_port,
		.card = vdev_is_pci(config->device)};
	struct rte_eth_dev_info info;
	char why[256] = "it tells nothing about itself";
	int ret = rte_eth_dev_info_get(p->id, &info);

	if (ret == 0)
		ret = steering_begin(&p->steering, &wanted, &info, why, sizeof(why));
	if (ret < 0)
		snprintf(error, cap, "%s cannot be used: %s", p->device, why);
	if (ret < 0 || p->steering.kind != STEERING_BIFURCATED)
		return ret;
	p->exception = false;
	return config->exception > 0 ? refuse_exception(p, error, cap) : 0;
}

/* How frames of the reaction port come to us. */
static void say_how_it_is_steered(struct port *p)
{
	char text[384];

	steering_describe(&p->steering, text, sizeof(text));
	if (text[0] != '\0')
		LOG_INFO("%s %s", p->device, text);
	if (!p->xdp) {
		snprintf(p->how, sizeof(p->how), "%s", steering_name(&p->steering));
		return;
	}
	snprintf(p->how, sizeof(p->how), "XDP %s, %s", xdp_mode_name(p->program.mode),
		xdp_sockets_zero_copy(&p->sockets) ? "zero-copy" : "copy");
	LOG_INFO("our XDP program is on %s: %s", p->device, p->how);
}

/* A device that is found, with its buffers, queues and program. */
static int set_up(struct port *p, const struct vdev *vdev, const struct dataplane_port *config,
	uint16_t reaction_port, char *error, size_t cap)
{
	struct xdp_sockets before;
	int ret = choose_steering(p, config, reaction_port, error, cap);

	if (ret == 0)
		ret = port_buffers_make(p, steering_rx_queues(&p->steering), error, cap);
	xdp_sockets_find(&before);
	xdp_complaint_listen();
	if (ret == 0)
		ret = configure(p, error, cap);
	if (ret == 0 && vdev->interface[0] != '\0')
		ret = open_program(p, vdev->interface, config->records, reaction_port, error, cap);
	if (ret < 0) {
		remove_device(p);
		return ret;
	}
	xdp_sockets_find(&p->sockets);
	xdp_sockets_subtract(&p->sockets, &before);
	say_how_it_is_steered(p);
	return 0;
}

int port_open(struct port *p, const struct dataplane_port *config, uint16_t reaction_port,
	char *error, size_t cap)
{
	struct vdev vdev;
	int ret;

	*p = (struct port){.queues = (uint16_t)config->queues, .other_queue = NO_QUEUE};
	p->exception = port_wants_exception(config);
	p->local = config->local >= 0 ? config->local != 0 : vdev_is_local(config->device);
	p->sends = vdev_sends(config->device);
	snprintf(p->device, sizeof(p->device), "%s", config->device);
	ret = vdev_prepare(&vdev, config, error, cap);
	if (ret < 0)
		return ret;
	if (p->exception && vdev.interface[0] != '\0')
		ret = refuse_exception(p, error, cap);
	if (ret == 0)
		ret = find_or_probe(p, vdev.devargs, error, cap);
	if (ret == 0)
		ret = take(p, error, cap);
	if (ret == 0)
		ret = set_up(p, &vdev, config, reaction_port, error, cap);
	vdev_done(&vdev);
	if (ret == 0)
		link_begin(&p->link, p->id, p->device);
	return ret;
}

void port_await_links(struct port *ports, unsigned n)
{
	struct link *links[DATAPLANE_PORTS_MAX];
	unsigned cards = 0;

	for (unsigned i = 0; i < n; i++) {
		if (vdev_is_pci(ports[i].device))
			links[cards++] = &ports[i].link;
	}
	link_await(links, cards, LINK_WAIT_MS);
}

/* Somebody with the right to may take it off or put another in its place; that is said once. */
static void check_program(struct port *p)
{
	if (!p->xdp || p->xdp_gone || xdp_program_is_attached(&p->program))
		return;
	p->xdp_gone = true;
	LOG_WARNING("our XDP program is not on %s any more, somebody took it off: nothing comes in "
		    "until uproard is started again",
		p->device);
}

void port_watch(struct port *p)
{
	struct rte_eth_stats stats;

	link_check(&p->link);
	check_program(p);
	if (rte_eth_stats_get(p->id, &stats) != 0)
		return;
	port_count_see(&p->counts.rx, stats.ipackets);
	port_count_see(&p->counts.imissed, stats.imissed);
	port_count_see(&p->counts.nombuf, stats.rx_nombuf);
}

void port_pause(struct port *p)
{
	if (p->xdp)
		xdp_program_pause(&p->program);
}

void port_close(struct port *p)
{
	if (p->xdp)
		xdp_program_close(&p->program);
	remove_device(p);
}

void port_info(const struct port *p, struct dataplane_port_info *out)
{
	const struct port_counts *c = &p->counts;
	struct rte_eth_stats stats;

	*out = (struct dataplane_port_info){.local = p->local,
		.tells_offered = p->xdp,
		.holds = (uint64_t)steering_rx_queues(&p->steering) * (p->rx_ring + WORKER_BURST)};
	snprintf(out->device, sizeof(out->device), "%s", p->device);
	snprintf(out->driver, sizeof(out->driver), "%s", p->driver);
	snprintf(out->steering, sizeof(out->steering), "%s", p->how);
	/* What was offered is read last: then it is never less than what was received of it. */
	if (rte_eth_stats_get(p->id, &stats) != 0)
		stats = (struct rte_eth_stats){.ipackets = c->rx.last,
			.imissed = c->imissed.last,
			.rx_nombuf = c->nombuf.last};
	out->rx = port_count_sum(&c->rx, stats.ipackets);
	out->imissed =
		port_count_sum(&c->imissed, stats.imissed) + xdp_sockets_ring_full(&p->sockets);
	out->nombuf = port_count_sum(&c->nombuf, stats.rx_nombuf);
	if (p->xdp)
		out->offered = xdp_program_redirected(&p->program);
	out->link_up = link_is_up(p->id);
}
