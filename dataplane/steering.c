/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/steering.h"

#include "dataplane/exception_lane.h"
#include "dataplane/steering_rules.h"

#include <errno.h>
#include <rte_errno.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 4096 };

/* The kernel's driver stays, and has what no rule of ours takes. */
static const char *const bifurcated[] = {"mlx5_", "mlx4_", "net_mlx4"};

/*
 * Drivers that spread just what the pattern of a rule matches. Others take a rule that spreads as
 * one for all packets, whatever its pattern (ixgbe, igb, txgbe), and asking does not tell.
 */
static const char *const spread_by_pattern[] = {
	"mlx5_", "mlx4_", "net_mlx4", "net_ice", "net_iavf", "net_bnxt", "net_sfc", "net_cn"};

static bool is_one_of(const char *driver, const char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (strncmp(driver, list[i], strlen(list[i])) == 0)
			return true;
	}
	return false;
}

static const char *reason(const struct rte_flow_error *e)
{
	return e->message != NULL ? e->message : rte_strerror(rte_errno);
}

/* Why the card is not even asked, or NULL. */
static const char *hopeless(
	const struct steering_wanted *wanted, const struct rte_eth_dev_info *info)
{
	if (wanted->queues >= info->max_rx_queues)
		return "it has no queue beside those of the workers";
	if (wanted->queues > STEERING_QUEUES_MAX)
		return "a rule has no room for so many queues";
	if (wanted->queues > 1 &&
		!is_one_of(info->driver_name, spread_by_pattern, RTE_DIM(spread_by_pattern)))
		return "its driver is not known to spread the datagrams of one rule over several "
		       "queues";
	return NULL;
}

static int isolate(struct steering *s, char *error, size_t cap)
{
	struct rte_flow_error e = {0};

	if (rte_flow_isolate(s->port, 1, &e) == 0) {
		s->isolated = true;
		return 0;
	}
	snprintf(error, cap,
		"its port cannot be shared with the kernel, which would get nothing any more: %s",
		reason(&e));
	return -ENOTSUP;
}

int steering_begin(struct steering *s, const struct steering_wanted *wanted,
	const struct rte_eth_dev_info *info, char *error, size_t cap)
{
	const char *why;

	*s = (struct steering){.port = wanted->port,
		.queues = wanted->queues,
		.udp_port = wanted->udp_port,
		.table = info->reta_size};
	if (!wanted->card)
		return 0;
	if (is_one_of(info->driver_name, bifurcated, RTE_DIM(bifurcated))) {
		s->kind = STEERING_BIFURCATED;
		return isolate(s, error, cap);
	}
	why = hopeless(wanted, info);
	if (why != NULL)
		snprintf(s->why, sizeof(s->why), "%s", why);
	else
		s->kind = STEERING_HARDWARE;
	return 0;
}

uint16_t steering_rx_queues(const struct steering *s)
{
	return s->queues + (s->kind == STEERING_HARDWARE);
}

uint16_t steering_other_queue(const struct steering *s)
{
	return s->kind == STEERING_HARDWARE ? s->queues : NO_QUEUE;
}

/*
 * Validates one rule and, if it is wanted, creates it. The hash with our key and functions first;
 * some drivers know only that of the port.
 */
static int try_rule(struct steering *s, enum steering_match m, const struct rss *rss, bool create)
{
	const struct rss *const hashes[] = {rss, NULL};
	const unsigned n = s->queues > 1 ? RTE_DIM(hashes) : 1; // one queue needs none
	struct rte_flow_error e = {0};
	struct steering_rule r;

	for (unsigned i = 0; i < n; i++) {
		steering_rule_datagrams(&r, m, s->udp_port, s->queues, hashes[i]);
		if (rte_flow_validate(s->port, &r.attr, r.pattern, r.actions, &e) < 0)
			continue;
		if (!create)
			return 0;
		s->rules[s->n] = rte_flow_create(s->port, &r.attr, r.pattern, r.actions, &e);
		if (s->rules[s->n] != NULL) {
			s->n++;
			return 0;
		}
	}
	snprintf(s->why, sizeof(s->why), "rte_flow says: %s", reason(&e));
	return -ENOTSUP;
}

static int both_protocols(struct steering *s, const struct rss *rss, bool create)
{
	int ret = try_rule(s, STEERING_IPV4, rss, create);

	return ret == 0 ? try_rule(s, STEERING_IPV6, rss, create) : ret;
}

/* Where they cannot be had, tagged datagrams come with the rest, or stay the kernel's. */
static void add_tagged(struct steering *s, const struct rss *rss)
{
	s->tags = try_rule(s, STEERING_IPV4_TAGGED, rss, true) == 0 &&
		  try_rule(s, STEERING_IPV6_TAGGED, rss, true) == 0;
	s->why[0] = '\0';
}

/* Every entry of the card's RSS table. */
static int fill_table(const struct steering *s, uint16_t queue)
{
	struct rte_eth_rss_reta_entry64 entries[TABLE_MAX / RTE_ETH_RETA_GROUP_SIZE] = {0};

	if (s->table == 0 || s->table > TABLE_MAX)
		return -ENOTSUP;
	for (unsigned i = 0; i < s->table; i++) {
		struct rte_eth_rss_reta_entry64 *e = &entries[i / RTE_ETH_RETA_GROUP_SIZE];

		e->mask |= 1ull << i % RTE_ETH_RETA_GROUP_SIZE;
		e->reta[i % RTE_ETH_RETA_GROUP_SIZE] = queue;
	}
	return rte_eth_dev_rss_reta_update(s->port, entries, s->table);
}

/* By the table, which has what no rule matches; else by a rule that comes after the others. */
static int part_the_rest(struct steering *s)
{
	struct rte_flow_error e = {0};
	struct steering_rule r;

	if (fill_table(s, steering_other_queue(s)) == 0)
		return 0;
	steering_rule_rest(&r, steering_other_queue(s));
	s->rules[s->n] = rte_flow_create(s->port, &r.attr, r.pattern, r.actions, &e);
	if (s->rules[s->n] != NULL) {
		s->n++;
		return 0;
	}
	snprintf(s->why, sizeof(s->why), "other traffic cannot be parted: rte_flow says: %s",
		reason(&e));
	return -ENOTSUP;
}

int steering_check(struct steering *s, const struct rss *rss)
{
	return s->kind == STEERING_SOFTWARE ? 0 : both_protocols(s, rss, false);
}

int steering_apply(struct steering *s, const struct rss *rss)
{
	int ret;

	if (s->kind == STEERING_SOFTWARE)
		return 0;
	ret = both_protocols(s, rss, true);
	if (ret == 0)
		add_tagged(s, rss);
	if (ret == 0 && s->kind == STEERING_HARDWARE)
		ret = part_the_rest(s);
	if (ret < 0)
		steering_withdraw(s);
	return ret;
}

void steering_give_up(struct steering *s)
{
	s->kind = STEERING_SOFTWARE;
}

void steering_withdraw(struct steering *s)
{
	struct rte_flow_error e;

	while (s->n > 0)
		rte_flow_destroy(s->port, s->rules[--s->n], &e);
}

void steering_leave(struct steering *s)
{
	struct rte_flow_error e;

	if (s->isolated)
		rte_flow_isolate(s->port, 0, &e);
	s->isolated = false;
}

const char *steering_name(const struct steering *s)
{
	static const char *const names[] = {"software", "hardware", "bifurcated"};

	return names[s->kind];
}

void steering_describe(const struct steering *s, char *out, size_t cap)
{
	out[0] = '\0';
	if (s->kind == STEERING_HARDWARE)
		snprintf(out, cap,
			"sends UDP port %u to the workers' queues, and all else to queue %u%s",
			s->udp_port, steering_other_queue(s),
			s->tags ? "" : ", datagrams with a VLAN tag too");
	else if (s->kind == STEERING_BIFURCATED)
		snprintf(out, cap, "gives us UDP port %u, and leaves all else to the kernel%s",
			s->udp_port,
			s->tags ? "" : ", datagrams with a VLAN tag too: these are not counted");
	else if (s->why[0] != '\0')
		snprintf(out, cap,
			"does not steer the reaction port, so workers get all frames and tell them "
			"apart: %s",
			s->why);
}
