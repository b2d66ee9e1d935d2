/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/interface.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Interfaces that only gather or divide what comes through others. */
struct kind {
	const char *driver;
	const char *is;
	const char *instead;
};

static const struct kind kinds[] = {
	{"bonding", "a bond", "give each of its members a port of its own"},
	{"team", "a team of interfaces", "give each of its members a port of its own"},
	{"bridge", "a bridge", "name the member through which reactions come"},
	{"802.1Q VLAN Support", "a VLAN",
		"name the interface on which it lies: datagrams with tags are counted there"},
	{"macvlan", "a macvlan", "name the interface on which it lies"},
	{"ipvlan", "an ipvlan", "name the interface on which it lies"},
};

static int check_kind(const struct interface *i, char *error, size_t cap)
{
	for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (strcmp(i->driver, kinds[k].driver) != 0)
			continue;
		snprintf(error, cap, "%s is %s, and AF_XDP takes frames from a device itself: %s",
			i->name, kinds[k].is, kinds[k].instead);
		return -EOPNOTSUPP;
	}
	if (i->ethernet || i->loopback)
		return 0;
	snprintf(error, cap, "%s%s%s%s carries no Ethernet frames: name the network card behind it",
		i->name, i->driver[0] != '\0' ? " (" : "", i->driver,
		i->driver[0] != '\0' ? ")" : "");
	return -EOPNOTSUPP;
}

/* Queues that DPDK's driver can have: channels that receive and send. Without any it has one. */
static unsigned usable(const struct interface *i)
{
	return i->most_combined > 0 ? i->combined : 1;
}

static int too_few(
	const struct interface *i, const struct interface_wanted *wanted, char *error, size_t cap)
{
	unsigned has = usable(i), last = wanted->first + wanted->queues;
	char more[96] = "";

	if (i->most_combined >= last)
		snprintf(more, sizeof(more), "ethtool -L %s combined %u, or ", i->name, last);
	snprintf(error, cap,
		"%s has %u queue%s for AF_XDP (ethtool -l %s), %u wanted from number %u on: %sset "
		"queues to %u",
		i->name, has, has == 1 ? "" : "s", i->name, wanted->queues, wanted->first, more,
		has > wanted->first ? has - wanted->first : 1);
	return -ERANGE;
}

static int too_many(
	const struct interface *i, const struct interface_wanted *wanted, char *error, size_t cap)
{
	unsigned has = interface_queues(i);
	char fewer[32] = "";

	if (usable(i) == has)
		snprintf(fewer, sizeof(fewer), ", or set queues to %u", has);
	snprintf(error, cap,
		"%s receives on %u queues (ethtool -l %s), %u configured: datagrams on the others "
		"would go to the kernel uncounted: ethtool -L %s %s %u%s",
		i->name, has, i->name, wanted->queues, i->name, i->rx > 0 ? "rx" : "combined",
		wanted->queues, fewer);
	return -ERANGE;
}

static int check_queues(
	const struct interface *i, const struct interface_wanted *wanted, char *error, size_t cap)
{
	if (wanted->first + wanted->queues > usable(i))
		return too_few(i, wanted, error, cap);
	if (wanted->queues < interface_queues(i) && !wanted->some_of_it)
		return too_many(i, wanted, error, cap);
	return 0;
}

int interface_check(
	const struct interface *i, const struct interface_wanted *wanted, char *error, size_t cap)
{
	int ret = check_kind(i, error, cap);

	if (ret < 0)
		return ret;
	if (!i->up) {
		snprintf(error, cap, "%s is down: ip link set dev %s up", i->name, i->name);
		return -ENETDOWN;
	}
	return check_queues(i, wanted, error, cap);
}
