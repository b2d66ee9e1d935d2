/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fake_nic.h"

#include <errno.h>
#include <rte_ethdev.h>
#include <rte_flow.h>
#include <rte_mbuf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct fake_nic fake_nic;

__typeof__(rte_flow_validate) __wrap_rte_flow_validate;
__typeof__(rte_flow_create) __wrap_rte_flow_create;
__typeof__(rte_flow_destroy) __wrap_rte_flow_destroy;
__typeof__(rte_flow_isolate) __wrap_rte_flow_isolate;
__typeof__(rte_eth_dev_rss_reta_update) __wrap_rte_eth_dev_rss_reta_update;
__typeof__(rte_eth_dev_get_port_by_name) __wrap_rte_eth_dev_get_port_by_name;
__typeof__(rte_eth_dev_info_get) __wrap_rte_eth_dev_info_get;
__typeof__(rte_eth_dev_configure) __wrap_rte_eth_dev_configure;
__typeof__(rte_eth_dev_adjust_nb_rx_tx_desc) __wrap_rte_eth_dev_adjust_nb_rx_tx_desc;
__typeof__(rte_eth_rx_queue_setup) __wrap_rte_eth_rx_queue_setup;
__typeof__(rte_eth_tx_queue_setup) __wrap_rte_eth_tx_queue_setup;
__typeof__(rte_eth_dev_start) __wrap_rte_eth_dev_start;
__typeof__(rte_eth_dev_stop) __wrap_rte_eth_dev_stop;
__typeof__(rte_eth_dev_close) __wrap_rte_eth_dev_close;
__typeof__(rte_eth_dev_socket_id) __wrap_rte_eth_dev_socket_id;
__typeof__(rte_eth_link_get_nowait) __wrap_rte_eth_link_get_nowait;
__typeof__(rte_eth_dev_rss_hash_conf_get) __wrap_rte_eth_dev_rss_hash_conf_get;
__typeof__(rte_eth_dev_owner_new) __wrap_rte_eth_dev_owner_new;
__typeof__(rte_eth_dev_owner_get) __wrap_rte_eth_dev_owner_get;
__typeof__(rte_eth_dev_owner_set) __wrap_rte_eth_dev_owner_set;
__typeof__(rte_pktmbuf_pool_create_by_ops) __wrap_rte_pktmbuf_pool_create_by_ops;
__typeof__(rte_mempool_free) __wrap_rte_mempool_free;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	size_t used = strlen(fake_nic.trace);
	va_list list;

	va_start(list, format);
	vsnprintf(fake_nic.trace + used, sizeof(fake_nic.trace) - used, format, list);
	va_end(list);
	strncat(fake_nic.trace, "\n", sizeof(fake_nic.trace) - strlen(fake_nic.trace) - 1);
}

/* --- rules -------------------------------------------------------------------------------------
 */

struct text {
	char bytes[256];
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	t->used += (size_t)vsnprintf(t->bytes + t->used, sizeof(t->bytes) - t->used, format, list);
	va_end(list);
}

static void add_item(struct text *t, const struct rte_flow_item *item)
{
	static const char *const names[] = {[RTE_FLOW_ITEM_TYPE_ETH] = "eth",
		[RTE_FLOW_ITEM_TYPE_VLAN] = "vlan",
		[RTE_FLOW_ITEM_TYPE_IPV4] = "ipv4",
		[RTE_FLOW_ITEM_TYPE_IPV6] = "ipv6",
		[RTE_FLOW_ITEM_TYPE_UDP] = "udp"};
	const struct rte_flow_item_udp *udp = item->spec, *mask = item->mask;

	add(t, "%s ", names[item->type]);
	if (item->type == RTE_FLOW_ITEM_TYPE_UDP)
		add(t, "to %u mask %x from mask %x ", rte_be_to_cpu_16(udp->hdr.dst_port),
			mask->hdr.dst_port, mask->hdr.src_port);
	else if (item->spec != NULL || item->mask != NULL || item->last != NULL)
		add(t, "special ");
}

static void add_action(struct text *t, const struct rte_flow_action *action)
{
	const struct rte_flow_action_queue *queue = action->conf;
	const struct rte_flow_action_rss *rss = action->conf;

	if (action->type == RTE_FLOW_ACTION_TYPE_QUEUE) {
		add(t, "-> queue %u", queue->index);
		return;
	}
	add(t, "-> rss");
	for (uint32_t i = 0; i < rss->queue_num; i++)
		add(t, " %u", rss->queue[i]);
	add(t, rss->key != NULL ? " key %u" : " no key", rss->key_len);
	add(t, rss->types != 0 ? " udp %d" : " any",
		(rss->types & RTE_ETH_RSS_NONFRAG_IPV4_UDP) != 0);
}

static void describe(struct text *t, const struct rte_flow_attr *attr,
	const struct rte_flow_item *pattern, const struct rte_flow_action *actions)
{
	*t = (struct text){0};
	if (attr->group != 0 || !attr->ingress || attr->egress || attr->transfer)
		add(t, "special ");
	if (attr->priority != 0)
		add(t, "after others ");
	for (; pattern->type != RTE_FLOW_ITEM_TYPE_END; pattern++)
		add_item(t, pattern);
	for (; actions->type != RTE_FLOW_ACTION_TYPE_END; actions++)
		add_action(t, actions);
}

static int no(struct rte_flow_error *error, int code, const char *message)
{
	return rte_flow_error_set(error, code, RTE_FLOW_ERROR_TYPE_ITEM, NULL, message);
}

int __wrap_rte_flow_validate(uint16_t port, const struct rte_flow_attr *attr,
	const struct rte_flow_item pattern[], const struct rte_flow_action actions[],
	struct rte_flow_error *error)
{
	struct text t;

	(void)port;
	if (fake_nic.knows_no_rules)
		return no(error, ENOSYS, "Function not implemented");
	describe(&t, attr, pattern, actions);
	if (fake_nic.refuses != NULL && strstr(t.bytes, fake_nic.refuses) != NULL) {
		note("bad %s", t.bytes);
		return no(error, ENOTSUP, "Not supported by fake");
	}
	note("good %s", t.bytes);
	return 0;
}

struct rte_flow *__wrap_rte_flow_create(uint16_t port, const struct rte_flow_attr *attr,
	const struct rte_flow_item pattern[], const struct rte_flow_action actions[],
	struct rte_flow_error *error)
{
	struct text t;

	(void)port;
	describe(&t, attr, pattern, actions);
	if (fake_nic.breaks != NULL && strstr(t.bytes, fake_nic.breaks) != NULL) {
		note("broken %s", t.bytes);
		no(error, ENOSPC, "No room for it");
		return NULL;
	}
	note("rule %u: %s", ++fake_nic.living, t.bytes);
	return (struct rte_flow *)(uintptr_t)fake_nic.living;
}

int __wrap_rte_flow_destroy(uint16_t port, struct rte_flow *flow, struct rte_flow_error *error)
{
	(void)port;
	(void)error;
	note("without rule %u", (unsigned)(uintptr_t)flow);
	fake_nic.living--;
	return 0;
}

int __wrap_rte_flow_isolate(uint16_t port, int set, struct rte_flow_error *error)
{
	(void)port;
	if (fake_nic.cannot_be_isolated)
		return no(error, ENOTSUP, "No isolation");
	note("isolated %d", set);
	fake_nic.isolated = set != 0;
	return 0;
}

int __wrap_rte_eth_dev_rss_reta_update(
	uint16_t port, struct rte_eth_rss_reta_entry64 *entries, uint16_t n)
{
	(void)port;
	if (fake_nic.table_is_fixed)
		return -ENOTSUP;
	uint16_t queue = entries[0].reta[0], all = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct rte_eth_rss_reta_entry64 *e = &entries[i / RTE_ETH_RETA_GROUP_SIZE];
		unsigned at = i % RTE_ETH_RETA_GROUP_SIZE;

		all += (e->mask >> at & 1) != 0 && e->reta[at] == queue;
	}
	note("table %u of %u -> queue %u", all, n, queue);
	return 0;
}

/* --- the port ----------------------------------------------------------------------------------
 */

int __wrap_rte_eth_dev_get_port_by_name(const char *name, uint16_t *port)
{
	if (strcmp(name, FAKE_NIC_ADDRESS) != 0 && strncmp(name, "net_", 4) != 0)
		return -ENODEV;
	*port = FAKE_NIC_PORT;
	return 0;
}

int __wrap_rte_eth_dev_info_get(uint16_t port, struct rte_eth_dev_info *info)
{
	(void)port;
	*info = (struct rte_eth_dev_info){.driver_name = fake_nic.driver,
		.max_rx_queues = fake_nic.max_rx,
		.max_tx_queues = fake_nic.max_tx,
		.reta_size = fake_nic.table,
		.hash_key_size = 40,
		.flow_type_rss_offloads =
			RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP};
	return 0;
}

int __wrap_rte_eth_dev_configure(
	uint16_t port, uint16_t rx, uint16_t tx, const struct rte_eth_conf *conf)
{
	(void)port;
	note("configured %u %u%s", rx, tx, conf->rxmode.mq_mode == RTE_ETH_MQ_RX_RSS ? " rss" : "");
	return fake_nic.does_not_configure ? -EINVAL : 0;
}

int __wrap_rte_eth_dev_adjust_nb_rx_tx_desc(uint16_t port, uint16_t *rx, uint16_t *tx)
{
	(void)port;
	*rx = *tx = 512;
	return 0;
}

int __wrap_rte_eth_rx_queue_setup(uint16_t port, uint16_t queue, uint16_t n, unsigned node,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	(void)port, (void)queue, (void)n, (void)node, (void)conf, (void)pool;
	return 0;
}

int __wrap_rte_eth_tx_queue_setup(
	uint16_t port, uint16_t queue, uint16_t n, unsigned node, const struct rte_eth_txconf *conf)
{
	(void)port, (void)queue, (void)n, (void)node, (void)conf;
	return 0;
}

int __wrap_rte_eth_dev_start(uint16_t port)
{
	(void)port;
	note("started");
	return fake_nic.does_not_start ? -EIO : 0;
}

int __wrap_rte_eth_dev_stop(uint16_t port)
{
	(void)port;
	note("stopped");
	return 0;
}

int __wrap_rte_eth_dev_close(uint16_t port)
{
	(void)port;
	note("closed");
	return 0;
}

int __wrap_rte_eth_dev_socket_id(uint16_t port)
{
	(void)port;
	return 0;
}

int __wrap_rte_eth_link_get_nowait(uint16_t port, struct rte_eth_link *link)
{
	(void)port;
	bool up = fake_nic.looks++ >= fake_nic.link_after;

	*link = (struct rte_eth_link){.link_status = up ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN};
	return 0;
}

int __wrap_rte_eth_dev_rss_hash_conf_get(uint16_t port, struct rte_eth_rss_conf *conf)
{
	(void)port, (void)conf;
	return -ENOTSUP;
}

int __wrap_rte_eth_dev_owner_new(uint64_t *id)
{
	*id = 1;
	return 0;
}

int __wrap_rte_eth_dev_owner_get(uint16_t port, struct rte_eth_dev_owner *owner)
{
	(void)port;
	owner->id = RTE_ETH_DEV_NO_OWNER;
	return 0;
}

int __wrap_rte_eth_dev_owner_set(uint16_t port, const struct rte_eth_dev_owner *owner)
{
	(void)port, (void)owner;
	return 0;
}

struct rte_mempool *__wrap_rte_pktmbuf_pool_create_by_ops(const char *name, unsigned n,
	unsigned cache, uint16_t priv, uint16_t room, int node, const char *ops)
{
	static char pool;

	(void)name, (void)n, (void)cache, (void)priv, (void)room, (void)node, (void)ops;
	return (struct rte_mempool *)&pool;
}

void __wrap_rte_mempool_free(struct rte_mempool *pool)
{
	note(pool != NULL ? "buffers freed" : "no buffers");
}
