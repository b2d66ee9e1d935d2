/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Receive side scaling: how a device spreads packets over its queues. It hashes addresses and, if
 * it can, UDP ports with a secret key (Toeplitz), so that a sender stays on one queue, and nobody
 * can choose addresses that all fall on the same. Some drivers ignore the key, some cannot say
 * which one they use, and a device may have no such thing at all: it works all the same, and the
 * difference is said at the start.
 */
#ifndef DATAPLANE_RSS_H
#define DATAPLANE_RSS_H

#include <rte_ethdev.h>

enum {
	RSS_KEY_DEFAULT = 40,    // where a driver does not say how long it is
	RSS_KEY_MAX = UINT8_MAX, // what its length can be at most
};

/* What a device is asked for. */
struct rss {
	uint64_t functions; // RTE_ETH_RSS_*; 0: it has none that helps
	uint8_t key[RSS_KEY_MAX];
	uint8_t key_len;
};

/* The hash functions that help, of those that it has, and a random key. 0 or -errno: none is to be
 * had. */
int rss_choose(struct rss *r, const struct rte_eth_dev_info *info);

/* r must outlive the call of rte_eth_dev_configure(). */
void rss_ask(struct rss *r, struct rte_eth_conf *conf);

/*
 * Compares with what a started device says it does; ret is what asking it returned. A sentence, to
 * come behind the name of the device, about what is not as asked; "" if it is.
 */
void rss_compare(
	const struct rss *r, int ret, const struct rte_eth_rss_conf *found, char *out, size_t cap);

/* Asks a started device and compares. */
void rss_check(const struct rss *r, uint16_t port, char *out, size_t cap);

#endif
