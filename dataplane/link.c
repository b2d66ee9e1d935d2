/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/link.h"

#include "dataplane/log.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

enum { LOOK_EVERY_MS = 50 };

bool link_is_up(uint16_t port)
{
	struct rte_eth_link link = {0};

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

static void say_what_it_is(const struct link *l)
{
	char text[RTE_ETH_LINK_MAX_STR_LEN] = "";
	struct rte_eth_link link = {0};

	if (rte_eth_link_get_nowait(l->port, &link) == 0)
		rte_eth_link_to_str(text, sizeof(text), &link);
	LOG_INFO("%s: %s", l->device, text);
}

void link_begin(struct link *l, uint16_t port, const char *device, unsigned wait_ms)
{
	*l = (struct link){.port = port, .device = device, .up = link_is_up(port)};
	for (unsigned ms = 0; !l->up && ms < wait_ms; ms += LOOK_EVERY_MS) {
		rte_delay_us_sleep(LOOK_EVERY_MS * 1000);
		l->up = link_is_up(port);
	}
	if (wait_ms == 0)
		return;
	if (l->up)
		say_what_it_is(l);
	else
		LOG_WARNING("%s has had no link for %u s: nothing comes in until the cable, the "
			    "transceiver or the switch's port is there",
			device, wait_ms / 1000);
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
