/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which interface an address belongs to or is reached by, from the kernel's tables below
 * /proc/net and, for this machine, by netlink.
 */
#ifndef HUGEPAGES_HOST_ROUTES_H
#define HUGEPAGES_HOST_ROUTES_H

#include "hugepages/host/host.h"

#include <net/if.h>
#include <netinet/in.h>

enum { ROUTES_MAX = 256 };

/* Names of interfaces, each once. */
struct interface_set {
	char names[ROUTES_MAX][IF_NAMESIZE];
	unsigned n;
};

void interface_set_add(struct interface_set *s, const char *name);

/* All that a default route leads to, or one to a half of all addresses, as VPNs have it. */
void routes_default(const struct host *h, struct interface_set *out);

/*
 * Those that a connection from this local address to that remote one may go through. IPv4 as
 * addresses mapped to IPv6.
 */
void routes_of_connection(const struct host *h, const struct in6_addr *local,
	const struct in6_addr *remote, struct interface_set *out);

#endif
