/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a card is told, in which order, and what of it stays, from port_open() to port_close(), on a
 * fake one.
 */

#include "dataplane/exception_lane.h"
#include "dataplane/port.h"
#include "fake_nic.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char ice[] = "net_ice", mlx5[] = "mlx5_pci", igb[] = "net_e1000_igb";

#define V4 "eth ipv4 udp to 7700 mask ffff from mask 0 "
#define V6 "eth ipv6 udp to 7700 mask ffff from mask 0 "
#define V4_TAGGED "eth vlan ipv4 udp to 7700 mask ffff from mask 0 "
#define V6_TAGGED "eth vlan ipv6 udp to 7700 mask ffff from mask 0 "
#define TWO "-> rss 0 1 key 40 udp 1"
#define TWO_PLAIN "-> rss 0 1 no key any"
#define ONE "-> queue 0"
#define END "stopped\nclosed\nbuffers freed\n"

static struct port port;
static char error[512];

static int open_port(const char *device, unsigned queues, int exception)
{
	const struct dataplane_port config = {
		.device = device, .queues = queues, .local = 0, .exception = exception};

	error[0] = '\0';
	return port_open(&port, &config, 7700, error, sizeof(error));
}

static void open_card(unsigned queues)
{
	cr_assert_eq(open_port(FAKE_NIC_ADDRESS, queues, -1), 0, "%s", error);
}

static const char *how(void)
{
	static struct steering_text {
		char text[384];
	} out;

	steering_describe(&port.steering, out.text, sizeof(out.text));
	return out.text;
}

/* The calls since the last look. */
static void expect_calls(const char *what)
{
	cr_expect_str_eq(fake_nic.trace, what);
	fake_nic.trace[0] = '\0';
}

static void close_port(void)
{
	port_close(&port);
	cr_expect_eq(fake_nic.living, 0, "rules stay");
	cr_expect_not(fake_nic.isolated);
}

Test(dataplane_steering, two_workers_get_the_reaction_port_and_the_rest_has_a_queue)
{
	fake_nic = (struct fake_nic){.driver = ice, .max_rx = 8, .max_tx = 8, .table = 128};
	open_card(2);
	expect_calls("configured 3 2 rss\n"
		     "good " V4 TWO "\ngood " V6 TWO "\n"
		     "started\n"
		     "good " V4 TWO "\nrule 1: " V4 TWO "\n"
		     "good " V6 TWO "\nrule 2: " V6 TWO "\n"
		     "good " V4_TAGGED TWO "\nrule 3: " V4_TAGGED TWO "\n"
		     "good " V6_TAGGED TWO "\nrule 4: " V6_TAGGED TWO "\n"
		     "table 128 of 128 -> queue 2\n");
	cr_expect_eq(port.other_queue, 2);
	cr_expect(port.exception);
	cr_expect_str_eq(port.how, "hardware");
	cr_expect_str_eq(
		how(), "sends UDP port 7700 to the workers' queues, and all else to queue 2");
	close_port();
	expect_calls("without rule 4\nwithout rule 3\nwithout rule 2\nwithout rule 1\n" END);
}

Test(dataplane_steering, one_worker_needs_no_hash)
{
	fake_nic = (struct fake_nic){
		.driver = igb, .max_rx = 8, .max_tx = 8, .table = 100, .refuses = "vlan"};
	open_card(1);
	expect_calls("configured 2 1 rss\n"
		     "good " V4 ONE "\ngood " V6 ONE "\n"
		     "started\n"
		     "good " V4 ONE "\nrule 1: " V4 ONE "\n"
		     "good " V6 ONE "\nrule 2: " V6 ONE "\n"
		     "bad " V4_TAGGED ONE "\n"
		     "table 100 of 100 -> queue 1\n");
	cr_expect_neq(strstr(how(), "queue 1, datagrams with a VLAN tag too"), NULL, "%s", how());
	close_port();
}

Test(dataplane_steering, a_driver_that_has_a_hash_of_its_own_gets_a_plain_rule)
{
	fake_nic = (struct fake_nic){
		.driver = ice, .max_rx = 8, .max_tx = 8, .table = 128, .refuses = "key 40"};
	open_card(2);
	expect_calls("configured 3 2 rss\n"
		     "bad " V4 TWO "\ngood " V4 TWO_PLAIN "\n"
		     "bad " V6 TWO "\ngood " V6 TWO_PLAIN "\n"
		     "started\n"
		     "bad " V4 TWO "\ngood " V4 TWO_PLAIN "\nrule 1: " V4 TWO_PLAIN "\n"
		     "bad " V6 TWO "\ngood " V6 TWO_PLAIN "\nrule 2: " V6 TWO_PLAIN "\n"
		     "bad " V4_TAGGED TWO "\ngood " V4_TAGGED TWO_PLAIN
		     "\nrule 3: " V4_TAGGED TWO_PLAIN "\n"
		     "bad " V6_TAGGED TWO "\ngood " V6_TAGGED TWO_PLAIN
		     "\nrule 4: " V6_TAGGED TWO_PLAIN "\n"
		     "table 128 of 128 -> queue 2\n");
	close_port();
}

Test(dataplane_steering, without_a_table_the_rest_goes_by_a_rule_after_the_others)
{
	fake_nic = (struct fake_nic){.driver = ice,
		.max_rx = 8,
		.max_tx = 8,
		.table = 128,
		.table_is_fixed = true,
		.refuses = "vlan"};
	open_card(1);
	cr_expect_neq(strstr(fake_nic.trace, "rule 3: after others eth -> queue 1\n"), NULL, "%s",
		fake_nic.trace);
	cr_expect_str_eq(port.how, "hardware");
	close_port();
}

/* What is tried and not had leaves a port as if nothing had been tried. */
static void expect_software(const char *why, bool started_twice)
{
	const char *last = strstr(fake_nic.trace, "configured 2 2 rss\nstarted\n");

	cr_expect_neq(last, NULL, "%s", fake_nic.trace);
	cr_expect_eq(strstr(fake_nic.trace, "stopped\n") != NULL, started_twice);
	cr_expect_eq(fake_nic.living, 0, "%s", fake_nic.trace);
	cr_expect_eq(port.other_queue, NO_QUEUE);
	cr_expect(port.exception);
	cr_expect_str_eq(port.how, "software");
	cr_expect_neq(strstr(how(), why), NULL, "%s", how());
	close_port();
}

Test(dataplane_steering, a_card_that_does_not_take_the_rules_is_told_apart_by_the_workers)
{
	static const char *const refused[] = {"ipv4", "ipv6", "rss"};

	for (unsigned i = 0; i < 3; i++) {
		fake_nic = (struct fake_nic){.driver = ice,
			.max_rx = 8,
			.max_tx = 8,
			.table = 128,
			.refuses = refused[i]};
		open_card(2);
		expect_software("tell them apart: rte_flow says: Not supported by fake", false);
	}
}

Test(dataplane_steering, rules_that_cannot_be_made_are_undone)
{
	static const char *const broken[] = {"eth ipv4", "eth ipv6"};

	for (unsigned i = 0; i < 2; i++) {
		fake_nic = (struct fake_nic){
			.driver = ice, .max_rx = 8, .max_tx = 8, .table = 128, .breaks = broken[i]};
		open_card(2);
		expect_software("rte_flow says: No room for it", true);
	}
	fake_nic = (struct fake_nic){.driver = ice,
		.max_rx = 8,
		.max_tx = 8,
		.table_is_fixed = true,
		.table = 128,
		.breaks = "after others"};
	open_card(2);
	expect_software("other traffic cannot be parted: rte_flow says: No room for it", true);
}

Test(dataplane_steering, a_driver_without_rules_says_so)
{
	fake_nic = (struct fake_nic){
		.driver = "net_virtio", .max_rx = 4, .max_tx = 4, .knows_no_rules = true};
	open_card(1);
	expect_calls("configured 2 1 rss\nconfigured 1 1\nstarted\n");
	cr_expect_neq(strstr(how(), "rte_flow says: Function not implemented"), NULL, "%s", how());
	close_port();
	expect_calls(END);
}

Test(dataplane_steering, what_cannot_be_is_not_asked_for)
{
	fake_nic = (struct fake_nic){.driver = ice, .max_rx = 2, .max_tx = 2, .table = 128};
	open_card(2);
	cr_expect_eq(strstr(fake_nic.trace, "good"), NULL, "%s", fake_nic.trace);
	expect_software("it has no queue beside those of the workers", false);
	fake_nic = (struct fake_nic){.driver = igb, .max_rx = 8, .max_tx = 8, .table = 128};
	open_card(2);
	cr_expect_eq(strstr(fake_nic.trace, "good"), NULL, "it would take it for all packets");
	expect_software("is not known to spread the datagrams of one rule", false);
}

Test(dataplane_steering, virtual_devices_are_left_alone)
{
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8, .table = 128};
	cr_assert_eq(open_port("net_null0", 2, -1), 0, "%s", error);
	expect_calls("configured 2 2 rss\nstarted\n");
	cr_expect_str_eq(how(), "");
	cr_expect_str_eq(port.how, "software");
	close_port();
}

Test(dataplane_steering, a_bifurcated_port_is_isolated_before_it_is_configured)
{
	static const char *const drivers[] = {mlx5, "mlx5_auxiliary", "net_mlx4"};

	for (unsigned i = 0; i < 3; i++) {
		fake_nic = (struct fake_nic){
			.driver = drivers[i], .max_rx = 8, .max_tx = 8, .table = 128};
		open_card(2);
		expect_calls("isolated 1\nconfigured 2 2 rss\n"
			     "good " V4 TWO "\ngood " V6 TWO "\n"
			     "started\n"
			     "good " V4 TWO "\nrule 1: " V4 TWO "\n"
			     "good " V6 TWO "\nrule 2: " V6 TWO "\n"
			     "good " V4_TAGGED TWO "\nrule 3: " V4_TAGGED TWO "\n"
			     "good " V6_TAGGED TWO "\nrule 4: " V6_TAGGED TWO "\n");
		cr_expect_eq(port.other_queue, NO_QUEUE, "the rest is the kernel's");
		cr_expect_not(port.exception, "the kernel has an interface already");
		cr_expect_str_eq(port.how, "bifurcated");
		cr_expect_str_eq(
			how(), "gives us UDP port 7700, and leaves all else to the kernel");
		close_port();
		expect_calls("without rule 4\nwithout rule 3\nwithout rule 2\nwithout rule 1\n"
			     "stopped\nisolated 0\nclosed\nbuffers freed\n");
	}
}

Test(dataplane_steering, an_exception_port_of_a_card_that_the_kernel_has_is_refused)
{
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8};
	cr_expect_lt(open_port(FAKE_NIC_ADDRESS, 1, 1), 0);
	cr_expect_neq(strstr(error, "is shared with the kernel"), NULL, "%s", error);
	cr_expect_not(fake_nic.isolated);
	cr_expect_neq(strstr(fake_nic.trace, "closed\n"), NULL, "%s", fake_nic.trace);
}

Test(dataplane_steering, what_a_port_counted_stays_when_it_cannot_be_asked)
{
	struct dataplane_port_info info;

	fake_nic = (struct fake_nic){.driver = ice, .max_rx = 8, .max_tx = 8, .table = 128};
	open_card(1);
	port.counts.rx = (struct port_count){.before = 5, .last = 2};
	port.counts.imissed = (struct port_count){.last = 3};
	port.counts.nombuf = (struct port_count){.before = 4};
	port_info(&port, &info); // there is no such device
	cr_expect_eq(info.rx, 7);
	cr_expect_eq(info.imissed, 3);
	cr_expect_eq(info.nombuf, 4);
	close_port();
}

/* Without isolation or rules the kernel would lose its card, or we the datagrams. */
static void expect_refusal(const char *says)
{
	int ret = open_port(FAKE_NIC_ADDRESS, 2, -1);

	cr_expect_lt(ret, 0);
	cr_expect_neq(strstr(error, says), NULL, "%s", error);
	cr_expect_eq(fake_nic.living, 0);
	cr_expect_not(fake_nic.isolated);
	cr_expect_neq(strstr(fake_nic.trace, "closed\n"), NULL, "%s", fake_nic.trace);
}

Test(dataplane_steering, a_bifurcated_port_is_not_used_halfway)
{
	fake_nic = (struct fake_nic){
		.driver = mlx5, .max_rx = 8, .max_tx = 8, .cannot_be_isolated = true};
	expect_refusal("cannot be shared with the kernel, which would get nothing any more: No "
		       "isolation");
	cr_expect_eq(strstr(fake_nic.trace, "configured"), NULL, "%s", fake_nic.trace);
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8, .refuses = "ipv6"};
	expect_refusal("rte_flow says: Not supported by fake");
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8, .breaks = "ipv6"};
	expect_refusal("rte_flow says: No room for it");
	cr_expect_neq(strstr(fake_nic.trace, "without rule 1\n"), NULL, "%s", fake_nic.trace);
}

Test(dataplane_steering, a_port_that_does_not_start_leaves_nothing)
{
	fake_nic =
		(struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8, .does_not_start = true};
	expect_refusal("cannot be set up with 2 queues: Input/output error");
	fake_nic = (struct fake_nic){
		.driver = mlx5, .max_rx = 8, .max_tx = 8, .does_not_configure = true};
	expect_refusal("cannot be set up with 2 queues: Invalid argument");
	fake_nic =
		(struct fake_nic){.driver = ice, .max_rx = 8, .max_tx = 8, .does_not_start = true};
	expect_refusal("cannot be set up with 2 queues: Input/output error");
	fake_nic =
		(struct fake_nic){.driver = igb, .max_rx = 8, .max_tx = 8, .does_not_start = true};
	expect_refusal("cannot be set up with 2 queues: Input/output error");
	cr_expect_neq(port.steering.why[0], '\0');
	cr_expect_eq(strstr(error, port.steering.why), NULL, "no reason for it: %s", error);
}

Test(dataplane_steering, an_address_need_not_have_its_domain)
{
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8};
	cr_assert_eq(open_port("03:00.0,dv_flow_en=1", 1, -1), 0, "%s", error);
	cr_expect_str_eq(port.how, "bifurcated");
	close_port();
}

Test(dataplane_steering, tagged_datagrams_that_stay_the_kernels_are_said)
{
	fake_nic = (struct fake_nic){.driver = mlx5, .max_rx = 8, .max_tx = 8, .refuses = "vlan"};
	open_card(1);
	cr_expect_neq(
		strstr(how(), "with a VLAN tag too: these are not counted"), NULL, "%s", how());
	close_port();
}

Test(dataplane_steering, links_are_awaited_together)
{
	struct link one, two, *both[] = {&one, &two};

	fake_nic = (struct fake_nic){.driver = ice, .link_after = 7};
	link_begin(&one, FAKE_NIC_PORT, "one");
	link_begin(&two, FAKE_NIC_PORT, "two");
	link_await(both, 2, 50);
	cr_expect_eq(fake_nic.looks, 6, "in turn, until the time is up");
	cr_expect_not(one.up || two.up);
	link_await(both, 2, 60000);
	cr_expect(one.up && two.up);
}
