/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What a person may write for generated traffic, and what not. */

#include "client/traffic/hostile.h"
#include "client/traffic/values.h"

#include <criterion/criterion.h>
#include <string.h>

Test(traffic_values, shares_are_parts_of_a_hundred_to_two_decimals)
{
	static const struct {
		const char *text;
		int share; // -1: none
	} shares[] = {{"0", 0}, {"100", 10000}, {"5", 500}, {"0.5", 50}, {"0.05", 5},
		{"99.99", 9999}, {"100.00", 10000}, {"100.01", -1}, {"101", -1}, {"", -1},
		{".5", -1}, {"5.", -1}, {"0.005", -1}, {"-1", -1}, {"1e1", -1}, {"1.-1", -1},
		{"00005", -1}, {" 5", -1}};
	uint16_t share;

	for (unsigned i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		int ret = traffic_share_parse(shares[i].text, &share);

		cr_assert((ret < 0) == (shares[i].share < 0), "'%s'", shares[i].text);
		cr_assert(ret < 0 || share == shares[i].share, "'%s'", shares[i].text);
	}
}

Test(traffic_values, ethernet_addresses)
{
	static const char *const wrong[] = {"", "02:75:70:72:00", "02:75:70:72:00:1",
		"02-75-70-72-00-01", "02:75:70:72:00:01:", "02:75:70:72:00:0g",
		"02:75:70:72:00:011"};
	const uint8_t right[6] = {0x02, 0x75, 0x70, 0x72, 0x00, 0xff};
	uint8_t mac[6];

	cr_assert(traffic_mac_parse("02:75:70:72:00:FF", mac) == 0 && memcmp(mac, right, 6) == 0);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert(traffic_mac_parse(wrong[i], mac) < 0, "'%s'", wrong[i]);
}

Test(traffic_values, vlan_tags)
{
	static const char *const wrong[] = {
		"", "4095", "1,", ",1", "1,2,3", "+1", "1 ", "100000000"};
	uint16_t vlan[TRAFFIC_VLANS_MAX];
	uint8_t n;

	cr_assert(traffic_vlan_parse("4094", vlan, &n) == 0 && n == 1 && vlan[0] == 4094);
	cr_assert(
		traffic_vlan_parse("0,7", vlan, &n) == 0 && n == 2 && vlan[0] == 0 && vlan[1] == 7);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert(traffic_vlan_parse(wrong[i], vlan, &n) < 0, "'%s'", wrong[i]);
}

Test(traffic_values, networks)
{
	static const char *const wrong[] = {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8",
		"2001:db8::/64", "10.0.0.0/8/8", "/8"};
	const uint8_t v4[16] = {10, 16}, v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0x80};
	uint8_t net[16], bits;

	cr_assert(traffic_net_parse("10.31.2.3/12", false, net, &bits) == 0);
	cr_assert(bits == 12 && memcmp(net, v4, 16) == 0);
	cr_assert(traffic_net_parse("2001:db8:8fff::1/33", true, net, &bits) == 0);
	cr_assert(bits == 33 && memcmp(net, v6, 16) == 0);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert(traffic_net_parse(wrong[i], false, net, &bits) < 0, "'%s'", wrong[i]);
	cr_assert(traffic_net_parse("10.0.0.0/8", true, net, &bits) < 0);
}

Test(traffic_values, reasons_by_the_names_of_refusals)
{
	char name[TRAFFIC_REASON_MAX];
	uint64_t reasons;

	cr_assert(traffic_reasons_parse("magic,ip_length", &reasons, name) == 0);
	cr_assert(reasons == (HOSTILE_BIT(REFUSED_magic) | HOSTILE_BIT(REFUSED_ip_length)));
	cr_assert(traffic_reasons_parse("magic,text_off,body", &reasons, name) < 0);
	cr_assert_str_eq(name, "text_off");
	cr_assert(traffic_reasons_parse("", &reasons, name) < 0);
	cr_assert(traffic_reasons_parse("magic,", &reasons, name) < 0);
}
