/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/rss.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define UDP_PORTS (RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP)

int rss_choose(struct rss *r, const struct rte_eth_dev_info *info)
{
	uint8_t len = info->hash_key_size != 0 ? info->hash_key_size : RSS_KEY_DEFAULT;

	/* Addresses too: what has no UDP port, such as a fragment, is spread by them. */
	*r = (struct rss){.functions = (RTE_ETH_RSS_IP | UDP_PORTS) & info->flow_type_rss_offloads,
		.key_len = len};
	return getrandom(r->key, len, 0) == len ? 0 : -errno;
}

void rss_ask(struct rss *r, struct rte_eth_conf *conf)
{
	if (r->functions == 0)
		return;
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf = (struct rte_eth_rss_conf){
		.rss_hf = r->functions,
		.rss_key = r->key,
		.rss_key_len = r->key_len,
	};
}

/* What is wrong with the key, or NULL. */
static const char *fault_of_key(const struct rss *r, int ret, const struct rte_eth_rss_conf *found)
{
	if (ret < 0)
		return "does not tell which RSS key it uses; it may be a known one";
	if (found->rss_key_len != r->key_len || memcmp(found->rss_key, r->key, r->key_len) != 0)
		return "does not use the random RSS key that it was given, but one that may be "
		       "known";
	return NULL;
}

void rss_compare(
	const struct rss *r, int ret, const struct rte_eth_rss_conf *found, char *out, size_t cap)
{
	uint64_t functions = ret < 0 ? r->functions : found->rss_hf;
	const char *key = fault_of_key(r, ret, found);
	const bool ports = (functions & UDP_PORTS) == UDP_PORTS;

	out[0] = '\0';
	if (r->functions == 0 || functions == 0)
		snprintf(out, cap,
			"has no RSS: which queue gets a packet is its own affair; see the shares "
			"in "
			"`uproar stats`");
	else if (key != NULL || !ports)
		snprintf(out, cap, "%s%s%s%s", key != NULL ? key : "",
			key != NULL ? ": senders could aim at one queue" : "",
			key != NULL && !ports ? "; it " : "",
			ports ? ""
			      : "does not hash UDP ports of both IPv4 and IPv6: senders behind one "
				"address share a queue");
}

void rss_check(const struct rss *r, uint16_t port, char *out, size_t cap)
{
	uint8_t key[RSS_KEY_MAX] = {0};
	struct rte_eth_rss_conf found = {.rss_key = key, .rss_key_len = r->key_len};
	int ret = rte_eth_dev_rss_hash_conf_get(port, &found);

	rss_compare(r, ret, &found, out, cap);
}
