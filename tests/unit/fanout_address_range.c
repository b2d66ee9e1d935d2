/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Networks as one writes them, and who is in them.
 */

#include "fanout/address_range.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>

static bool is_in(const char *range, const char *address)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct address_range r;

	cr_assert(address_range_parse(range, &r), "%s", range);
	if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
		return address_range_contains(&r, (struct sockaddr *)&in);
	cr_assert_eq(inet_pton(AF_INET6, address, &in6.sin6_addr), 1, "%s", address);
	return address_range_contains(&r, (struct sockaddr *)&in6);
}

Test(fanout_address_range, the_bits_of_a_network_are_compared_and_no_more)
{
	static const struct {
		const char *range, *inside, *outside;
	} cases[] = {
		{"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
		{"10.0.0.0/9", "10.127.0.1", "10.128.0.1"},
		{"192.0.2.7", "192.0.2.7", "192.0.2.6"},
		{"192.0.2.7/32", "::ffff:192.0.2.7", "::192.0.2.7"},
		{"0.0.0.0/0", "255.1.2.3", "2001:db8::1"},
		{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
		{"::1", "::1", "::2"},
		{"::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1"},
		{"fe80::/10", "febf::1", "127.0.0.1"},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect(is_in(cases[i].range, cases[i].inside), "%s", cases[i].range);
		cr_expect_not(is_in(cases[i].range, cases[i].outside), "%s", cases[i].range);
	}
	cr_expect(is_in("::/0", "1.2.3.4") && is_in("::/0", "2001:db8::1"), "that is everybody");
}

Test(fanout_address_range, anything_else_is_none)
{
	static const char *const wrong[] = {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/0008", "10.0.0/8", "::1/129", "::g",
		"localhost", "10.0.0.1/8", "2001:db8::1/64", "1.2.3.4:80", "[::1]",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"};
	struct address_range r;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_not(address_range_parse(wrong[i], &r), "%s", wrong[i]);
}

Test(fanout_address_range, no_other_family_is_in_any)
{
	const struct sockaddr local = {.sa_family = AF_UNIX};
	struct address_range r;

	cr_assert(address_range_parse("::/0", &r));
	cr_expect_not(address_range_contains(&r, &local));
}
