/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The rules of steering.h as rte_flow has them: patterns, attributes and actions. Pointers inside
 * lead into the rule itself: it is not copied.
 */
#ifndef DATAPLANE_STEERING_RULES_H
#define DATAPLANE_STEERING_RULES_H

#include "dataplane/rss.h"

#include <rte_flow.h>
#include <stdbool.h>
#include <stdint.h>

enum { STEERING_QUEUES_MAX = 64 };

struct steering_rule {
	struct rte_flow_attr attr;
	struct rte_flow_item pattern[5];
	struct rte_flow_action actions[2];
	struct rte_flow_item_udp udp;
	struct rte_flow_item_udp udp_mask;
	struct rte_flow_action_rss rss;
	struct rte_flow_action_queue queue;
	uint16_t queues[STEERING_QUEUES_MAX];
};

enum steering_match {
	STEERING_IPV4,
	STEERING_IPV6,
	STEERING_IPV4_TAGGED,
	STEERING_IPV6_TAGGED,
	STEERING_MATCHES,
};

/*
 * UDP datagrams for a port, to queues from 0 on: to one, or spread by hashing. rss: functions and
 * key of the hash; NULL: as the port has them. It must outlive the rule.
 */
void steering_rule_datagrams(struct steering_rule *r, enum steering_match match, uint16_t udp_port,
	uint16_t queues, const struct rss *rss);

/* Whatever no other rule wants, to one queue. */
void steering_rule_rest(struct steering_rule *r, uint16_t queue);

#endif
