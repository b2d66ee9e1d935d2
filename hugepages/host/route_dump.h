/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Default routes as this machine's kernel answers for them by netlink: all tables, and all next
 * hops of a route, of which /proc/net/route shows the first one of the main table.
 */
#ifndef HUGEPAGES_HOST_ROUTE_DUMP_H
#define HUGEPAGES_HOST_ROUTE_DUMP_H

#include <stddef.h>

/* Calls with the index of each interface that a default route, or one to a half of all addresses,
 * leads to. 0 or -errno; then some may be missing. */
int route_dump_defaults(void (*see)(void *context, unsigned interface), void *context);

/* The same for one answer of the kernel. 0: more comes, 1: it was the last, or -errno. */
int route_dump_parse(const void *answer, size_t len, void (*see)(void *context, unsigned interface),
	void *context);

#endif
