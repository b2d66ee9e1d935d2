/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the kernel says of one of its network interfaces (ioctl of ethtool and netdevice(7)), and
 * whether AF_XDP can count there. Asked before DPDK's driver is, which says little and, where a
 * socket cannot be bound, does not clean up well.
 */
#ifndef DATAPLANE_INTERFACE_H
#define DATAPLANE_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

struct interface {
	const char *name;
	char driver[32]; // or kind: veth, bridge, bonding; "" if the kernel does not say
	bool loopback;
	bool ethernet;
	bool up;
	unsigned combined, most_combined; // channels, as `ethtool -l` has them
	unsigned rx;
};

/* name must outlive out. 0, or -errno: -ENODEV if there is none of that name. */
int interface_ask(struct interface *out, const char *name);

/* Queues that may receive: datagrams come on any of them. */
unsigned interface_queues(const struct interface *i);

/* Do its frames come from this machine's kernel? */
bool interface_is_local(const struct interface *i);

/* Is it up, and does it have a link? False of one that is gone. */
bool interface_is_running(unsigned index);

/* What a port wants of it. */
struct interface_wanted {
	unsigned queues;
	unsigned first;  // of them
	bool some_of_it; // the user steers, so other queues are none of ours
};

/* 0 if AF_XDP gets all datagrams there, or -errno with a sentence in error. */
int interface_check(
	const struct interface *i, const struct interface_wanted *wanted, char *error, size_t cap);

#endif
