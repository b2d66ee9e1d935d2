/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/steering_rules.h"

/* Layers without a specification: any of that kind. */
static void match(struct steering_rule *r, enum steering_match m, uint16_t udp_port)
{
	unsigned n = 0;

	r->pattern[n++].type = RTE_FLOW_ITEM_TYPE_ETH;
	if (m == STEERING_IPV4_TAGGED || m == STEERING_IPV6_TAGGED)
		r->pattern[n++].type = RTE_FLOW_ITEM_TYPE_VLAN;
	r->pattern[n++].type = m == STEERING_IPV4 || m == STEERING_IPV4_TAGGED
				       ? RTE_FLOW_ITEM_TYPE_IPV4
				       : RTE_FLOW_ITEM_TYPE_IPV6;
	r->udp.hdr.dst_port = rte_cpu_to_be_16(udp_port);
	r->udp_mask.hdr.dst_port = UINT16_MAX;
	r->pattern[n++] = (struct rte_flow_item){
		.type = RTE_FLOW_ITEM_TYPE_UDP, .spec = &r->udp, .mask = &r->udp_mask};
	r->pattern[n].type = RTE_FLOW_ITEM_TYPE_END;
}

static void to_queue(struct steering_rule *r, uint16_t queue)
{
	r->queue.index = queue;
	r->actions[0] =
		(struct rte_flow_action){.type = RTE_FLOW_ACTION_TYPE_QUEUE, .conf = &r->queue};
	r->actions[1].type = RTE_FLOW_ACTION_TYPE_END;
}

static void to_queues(struct steering_rule *r, uint16_t queues, const struct rss *rss)
{
	for (uint16_t q = 0; q < queues; q++)
		r->queues[q] = q;
	r->rss = (struct rte_flow_action_rss){.queue_num = queues, .queue = r->queues};
	if (rss != NULL) {
		r->rss.types = rss->functions;
		r->rss.key = rss->key;
		r->rss.key_len = rss->key_len;
	}
	r->actions[0] = (struct rte_flow_action){.type = RTE_FLOW_ACTION_TYPE_RSS, .conf = &r->rss};
	r->actions[1].type = RTE_FLOW_ACTION_TYPE_END;
}

void steering_rule_datagrams(struct steering_rule *r, enum steering_match m, uint16_t udp_port,
	uint16_t queues, const struct rss *rss)
{
	*r = (struct steering_rule){.attr = {.ingress = 1}};
	match(r, m, udp_port);
	if (queues == 1)
		to_queue(r, 0);
	else
		to_queues(r, queues, rss);
}

void steering_rule_rest(struct steering_rule *r, uint16_t queue)
{
	*r = (struct steering_rule){.attr = {.ingress = 1, .priority = 1}};
	r->pattern[0].type = RTE_FLOW_ITEM_TYPE_ETH;
	r->pattern[1].type = RTE_FLOW_ITEM_TYPE_END;
	to_queue(r, queue);
}
