/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which frames of a network card come to the workers. Hardware first: where the card can tell the
 * reaction port from the rest (rte_flow), datagrams for it are spread over the workers' queues,
 * and all else comes on a queue of its own, so that a flood of other traffic fills that one alone.
 * Otherwise workers get everything and tell it apart themselves; neither changes what is counted.
 *
 * Cards of the mlx4 and mlx5 drivers have the kernel's driver and ours at once. Such a port is
 * isolated: the rules name all that we get, and everything else stays the kernel's.
 *
 * Order: begin, rte_eth_dev_configure(), queues, check, rte_eth_dev_start(), apply; at the end
 * withdraw, rte_eth_dev_stop(), leave.
 */
#ifndef DATAPLANE_STEERING_H
#define DATAPLANE_STEERING_H

#include "dataplane/rss.h"

#include <rte_flow.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum steering_kind {
	STEERING_SOFTWARE,   // workers tell frames apart
	STEERING_HARDWARE,   // the card does
	STEERING_BIFURCATED, // the card does, and shares the port with the kernel
};

enum { STEERING_RULES_MAX = 5 }; // two protocols, with and without a tag, and the rest

struct steering {
	enum steering_kind kind;
	uint16_t port;   // DPDK's
	uint16_t queues; // of the workers, from 0
	uint16_t udp_port;
	uint16_t table; // entries of the card's RSS table
	bool isolated;
	bool tags; // rules for datagrams with a VLAN tag are in place
	unsigned n;
	struct rte_flow *rules[STEERING_RULES_MAX];
	char why[256]; // not by the card, if there is anything to say
};

struct steering_wanted {
	uint16_t port;
	uint16_t queues;
	uint16_t udp_port;
	bool card; // no virtual device
};

/*
 * Before the port is configured: chooses, and isolates a port that is shared with the kernel. 0, or
 * -errno with a sentence in error: such a port cannot be isolated, and the kernel would get
 * nothing.
 */
int steering_begin(struct steering *s, const struct steering_wanted *wanted,
	const struct rte_eth_dev_info *info, char *error, size_t cap);

/* How many queues the port is to receive on, and the one for other traffic or NO_QUEUE. */
uint16_t steering_rx_queues(const struct steering *s);
uint16_t steering_other_queue(const struct steering *s);

/* Asks the driver whether it would take the rules. 0, or -errno with its reason in s->why. */
int steering_check(struct steering *s, const struct rss *rss);

/* Puts them into a started port. On failure none of them stays. 0, or -errno with s->why. */
int steering_apply(struct steering *s, const struct rss *rss);

/* The port is configured anew without. */
void steering_give_up(struct steering *s);

/* Takes the rules away, from a port that is still started. */
void steering_withdraw(struct steering *s);

/* And the isolation, from one that is stopped. */
void steering_leave(struct steering *s);

/* "software", "hardware", "bifurcated". */
const char *steering_name(const struct steering *s);

/* A sentence for the log, to come behind the name of the device. "" of what is no card. */
void steering_describe(const struct steering *s, char *out, size_t cap);

#endif
