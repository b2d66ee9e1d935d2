/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A network as one writes it, 10.0.0.0/8 or 2001:db8::/32, or one address. IPv4 addresses in the
 * form of IPv6 (::ffff:10.0.0.1) count as IPv4.
 */
#ifndef FANOUT_ADDRESS_RANGE_H
#define FANOUT_ADDRESS_RANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address_range {
	uint8_t first[16]; // IPv4 as ::ffff:a.b.c.d
	uint8_t bits;      // of first that an address must share
};

/* Whether text is one. Bits of an address behind the length of its network are none. */
bool address_range_parse(const char *text, struct address_range *out);

/* Is it refused for what is set behind the prefix alone, as in 10.0.0.1/24? */
bool address_range_is_host(const char *text);

/* address is AF_INET or AF_INET6; of any other family it is in no range. */
bool address_range_contains(const struct address_range *r, const struct sockaddr *address);

#endif
