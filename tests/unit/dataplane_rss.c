/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a device with several queues is asked for, and what is said when it does something else.
 */

#include "dataplane/rss.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define UDP (RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP)

static struct rss asked_of(uint64_t functions, uint8_t key_size)
{
	const struct rte_eth_dev_info info = {
		.flow_type_rss_offloads = functions, .hash_key_size = key_size};
	struct rss r;

	cr_assert_eq(rss_choose(&r, &info), 0);
	return r;
}

Test(dataplane_rss, only_functions_that_the_device_has_are_asked_for)
{
	cr_expect_eq(asked_of(UDP | RTE_ETH_RSS_NONFRAG_IPV4_TCP, 40).functions, UDP);
	cr_expect_eq(asked_of(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP, 40).functions,
		RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP);
	cr_expect_eq(asked_of(RTE_ETH_RSS_NONFRAG_IPV4_TCP, 40).functions, 0);
}

Test(dataplane_rss, the_key_is_as_long_as_the_device_wants_and_random)
{
	struct rss a = asked_of(UDP, 52), b = asked_of(UDP, 52);

	cr_expect_eq(a.key_len, 52);
	cr_expect_neq(memcmp(a.key, b.key, 52), 0);
	cr_expect_neq(memcmp(a.key, a.key + 26, 26), 0, "all of it is");
	cr_expect_eq(asked_of(UDP, 0).key_len, RSS_KEY_DEFAULT);
	cr_expect_eq(asked_of(UDP, RSS_KEY_MAX).key_len, RSS_KEY_MAX);
}

Test(dataplane_rss, a_device_is_asked_by_its_configuration)
{
	struct rte_eth_conf conf = {0}, untouched = {0};
	struct rss r = asked_of(UDP, 40), none = asked_of(0, 40);

	rss_ask(&r, &conf);
	cr_expect_eq(conf.rxmode.mq_mode, RTE_ETH_MQ_RX_RSS);
	cr_expect_eq(conf.rx_adv_conf.rss_conf.rss_hf, UDP);
	cr_expect_eq(conf.rx_adv_conf.rss_conf.rss_key, r.key);
	cr_expect_eq(conf.rx_adv_conf.rss_conf.rss_key_len, 40);
	conf = untouched;
	rss_ask(&none, &conf);
	cr_expect_eq(memcmp(&conf, &untouched, sizeof(conf)), 0);
}

struct row {
	const char *what;
	uint64_t has, found; // hash functions
	int ret;
	uint8_t key_size, found_len, flip; // flip: this bit of the key's last byte
	const char *says;                  // "": nothing
};

static void expect_sentence(const struct row *row)
{
	struct rss r = asked_of(row->has, row->key_size);
	uint8_t key[RSS_KEY_MAX];
	char out[256] = "?";

	memcpy(key, r.key, sizeof(key));
	key[row->found_len - 1] ^= row->flip;
	const struct rte_eth_rss_conf found = {
		.rss_key = key, .rss_key_len = row->found_len, .rss_hf = row->found};
	rss_compare(&r, row->ret, &found, out, sizeof(out));
	if (row->says[0] == '\0')
		cr_expect_str_eq(out, "", "%s", row->what);
	else
		cr_expect_neq(strstr(out, row->says), NULL, "%s: %s", row->what, out);
}

Test(dataplane_rss, what_is_not_as_asked_is_said)
{
	static const struct row rows[] = {
		{"as asked", UDP, UDP, 0, 40, 40, 0, ""},
		{"more than asked", UDP, UDP | RTE_ETH_RSS_IP, 0, 40, 40, 0, ""},
		{"another key", UDP, UDP, 0, 40, 40, 1, "does not use the random RSS key"},
		{"a shorter key", UDP, UDP, 0, 52, 40, 0, "does not use the random RSS key"},
		{"cannot say", UDP, 0, -ENOTSUP, 40, 40, 0, "does not tell which RSS key"},
		{"none", 0, 0, 0, 40, 40, 0, "has no RSS"},
		{"none, and cannot say", 0, 0, -ENOTSUP, 40, 40, 0, "has no RSS"},
		{"switched off", UDP, 0, 0, 40, 40, 0, "has no RSS"},
		{"addresses alone", RTE_ETH_RSS_IPV4, RTE_ETH_RSS_IPV4, 0, 40, 40, 0,
			"does not hash UDP ports"},
		{"no ports of IPv6", UDP, RTE_ETH_RSS_NONFRAG_IPV4_UDP, 0, 40, 40, 0,
			"does not hash UDP ports"},
		{"two faults", RTE_ETH_RSS_IPV4, RTE_ETH_RSS_IPV4, 0, 40, 40, 1,
			"one queue; it does not hash"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_sentence(&rows[i]);
}
