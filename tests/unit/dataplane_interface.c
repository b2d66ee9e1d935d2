/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which interfaces of the kernel AF_XDP can count on, and what is said of the others.
 */

#include "dataplane/interface.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

/* A card as people have them: channels that receive and send. */
static struct interface card(unsigned channels, unsigned most)
{
	return (struct interface){.name = "eth0",
		.driver = "ixgbe",
		.ethernet = true,
		.up = true,
		.combined = channels,
		.most_combined = most};
}

static const struct interface_wanted one = {.queues = 1};

static void expect_refusal(
	const struct interface *i, const struct interface_wanted *wanted, int ret, const char *says)
{
	char error[512] = "";

	cr_expect_eq(interface_check(i, wanted, error, sizeof(error)), ret, "%s", error);
	cr_expect_str_eq(error, says);
}

static void expect_good(const struct interface *i, const struct interface_wanted *wanted)
{
	char error[512] = "";

	cr_expect_eq(interface_check(i, wanted, error, sizeof(error)), 0, "%s", error);
}

Test(dataplane_interface, as_many_queues_as_channels_are_good)
{
	struct interface i = card(4, 64);
	const struct interface_wanted four = {.queues = 4};

	expect_good(&i, &four);
	i = card(1, 1);
	expect_good(&i, &one);
}

Test(dataplane_interface, one_without_channels_has_one_queue)
{
	struct interface lo = {.name = "lo", .loopback = true, .up = true};
	struct interface veth = {
		.name = "veth0", .driver = "veth", .ethernet = true, .up = true, .rx = 1};

	expect_good(&lo, &one);
	expect_good(&veth, &one);
	expect_refusal(&lo, &(struct interface_wanted){.queues = 2}, -ERANGE,
		"lo has 1 queue for AF_XDP (ethtool -l lo), 2 wanted from number 0 on: set queues "
		"to "
		"1");
}

Test(dataplane_interface, more_channels_than_queues_would_lose_datagrams)
{
	struct interface i = card(8, 64);

	expect_refusal(&i, &(struct interface_wanted){.queues = 2}, -ERANGE,
		"eth0 receives on 8 queues (ethtool -l eth0), 2 configured: datagrams on the "
		"others "
		"would go to the kernel uncounted: ethtool -L eth0 combined 2, or set queues to 8");
	i.combined = 1;
	i.rx = 3; // beyond what DPDK's driver takes
	expect_refusal(&i, &one, -ERANGE,
		"eth0 receives on 4 queues (ethtool -l eth0), 1 configured: datagrams on the "
		"others "
		"would go to the kernel uncounted: ethtool -L eth0 rx 1");
}

Test(dataplane_interface, more_queues_than_channels_are_named_with_the_command)
{
	struct interface i = card(2, 64);

	expect_refusal(&i, &(struct interface_wanted){.queues = 4}, -ERANGE,
		"eth0 has 2 queues for AF_XDP (ethtool -l eth0), 4 wanted from number 0 on: "
		"ethtool "
		"-L eth0 combined 4, or set queues to 2");
	i.most_combined = 2;
	expect_refusal(&i, &(struct interface_wanted){.queues = 4}, -ERANGE,
		"eth0 has 2 queues for AF_XDP (ethtool -l eth0), 4 wanted from number 0 on: set "
		"queues to 2");
}

Test(dataplane_interface, who_steers_may_take_some_of_the_queues)
{
	struct interface i = card(8, 8);

	expect_good(&i, &(struct interface_wanted){.queues = 2, .first = 6, .some_of_it = true});
	expect_good(&i, &(struct interface_wanted){.queues = 1, .some_of_it = true});
	expect_refusal(&i, &(struct interface_wanted){.queues = 2, .first = 7, .some_of_it = true},
		-ERANGE,
		"eth0 has 8 queues for AF_XDP (ethtool -l eth0), 2 wanted from number 7 on: set "
		"queues to 1");
}

Test(dataplane_interface, one_that_is_down_is_named_with_the_command)
{
	struct interface i = card(1, 1);

	i.up = false;
	expect_refusal(&i, &one, -ENETDOWN, "eth0 is down: ip link set dev eth0 up");
}

Test(dataplane_interface, what_only_gathers_or_divides_is_no_device)
{
	static const struct {
		const char *driver, *says;
	} rows[] = {
		{"bonding", "eth0 is a bond, and AF_XDP takes frames from a device itself: give "
			    "each of its members a port of its own"},
		{"802.1Q VLAN Support",
			"eth0 is a VLAN, and AF_XDP takes frames from a device itself: name the "
			"interface on which it lies: datagrams with tags are counted there"},
		{"bridge", "eth0 is a bridge, and AF_XDP takes frames from a device itself: name "
			   "the member through which reactions come"},
	};
	struct interface i = card(1, 1);

	for (unsigned n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		strcpy(i.driver, rows[n].driver);
		expect_refusal(&i, &one, -EOPNOTSUPP, rows[n].says);
	}
	i.ethernet = false;
	strcpy(i.driver, "wireguard");
	expect_refusal(&i, &one, -EOPNOTSUPP,
		"eth0 (wireguard) carries no Ethernet frames: name the network card behind it");
}

Test(dataplane_interface, the_kernel_is_asked)
{
	struct interface i;

	cr_assert_eq(interface_ask(&i, "lo"), 0);
	cr_expect(i.loopback);
	cr_expect(interface_is_local(&i));
	cr_expect_eq(interface_queues(&i), 1);
	cr_expect_eq(interface_is_running(if_nametoindex("lo")), i.up);
	cr_expect_not(interface_is_running(0));
	cr_expect_eq(interface_ask(&i, "no-such-one"), -ENODEV);
	cr_expect_eq(interface_ask(&i, "a name that no interface can have"), -ENODEV);
}
