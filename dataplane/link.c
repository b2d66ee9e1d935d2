/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/link.h"

#include "dataplane/interface.h"
#include "dataplane/log.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

enum { LOOK_EVERY_MS = 50 };

/* Drivers that share an interface with the kernel may not look; the kernel knows. */
static bool kernel_agrees(uint16_t port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info) < 0 || info.if_index == 0)
		return true;
	return interface_is_running(info.if_index);
}

bool link_is_up(uint16_t port)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP &&
	       kernel_agrees(port);
}

static void say_what_it_is(const struct link *l)
{
	struct rte_eth_link link = {0};

	if (rte_eth_link_get_nowait(l->port, &link) < 0 || link.link_speed == 0 ||
		link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		LOG_INFO("%s has a link", l->device);
	else
		LOG_INFO("%s has a link of %u Mbit/s, %s duplex", l->device, link.link_speed,
			link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX ? "full" : "half");
}

void link_begin(struct link *l, uint16_t port, const char *device)
{
	*l = (struct link){.port = port, .device = device, .up = link_is_up(port)};
}

/* Whether all are up now; one that came is not asked again. */
static bool all_are_up(struct link *const *links, unsigned n)
{
	bool all = true;

	for (unsigned i = 0; i < n; i++) {
		links[i]->up = links[i]->up || link_is_up(links[i]->port);
		all &= links[i]->up;
	}
	return all;
}

void link_await(struct link *const *links, unsigned n, unsigned most_ms)
{
	for (unsigned ms = 0; !all_are_up(links, n) && ms < most_ms; ms += LOOK_EVERY_MS)
		rte_delay_us_sleep(LOOK_EVERY_MS * 1000);
	for (unsigned i = 0; i < n; i++) {
		if (links[i]->up)
			say_what_it_is(links[i]);
		else
			LOG_WARNING("%s has had no link for %u s: nothing comes in until the "
				    "cable, the transceiver or the switch's port is there",
				links[i]->device, most_ms / 1000);
	}
}

void link_check(struct link *l)
{
	bool up = link_is_up(l->port);

	if (up == l->up)
		return;
	l->up = up;
	if (up)
		LOG_NOTICE("the link of %s is up", l->device);
	else
		LOG_WARNING("the link of %s is down: nothing comes in until it is back", l->device);
}
