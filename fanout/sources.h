/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How many connections are open from each address, so that one address cannot have them all. All
 * threads share one table: it is asked when a connection is accepted and when it is closed, never
 * on the way of a frame.
 *
 * An IPv4 address is a source, also in its form as IPv6 (::ffff:1.2.3.4); of an IPv6 address the
 * first 64 bits are, for whoever has one address has all of that network. The table has room for
 * every connection that may be open, each from a source of its own, and never grows; the sources
 * are found by a hash under a random key, so that nobody can choose addresses that collide.
 */
#ifndef FANOUT_SOURCES_H
#define FANOUT_SOURCES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* IPv4: all ones, then the address. Such a prefix would be multicast, so no IPv6 source has it. */
typedef uint64_t source_t;

struct sources;

/* Of an address that is AF_INET or AF_INET6. */
source_t source_of(const struct sockaddr *address);

/* Of the 16 bytes of an IPv6 address, or the 4 of an IPv4 address, in network order. */
source_t source_of_ipv6(const uint8_t address[16]);
source_t source_of_ipv4(const uint8_t address[4]);

enum { SOURCE_TEXT_MAX = 64 };

/* "192.0.2.1" or "2001:db8::/64". */
const char *source_text(source_t source, char out[SOURCE_TEXT_MAX]);

/* connections: that may be open at a time. limit: of those, from one source. NULL: no memory. */
struct sources *sources_new(uint32_t connections, uint32_t limit);

/* NULL is allowed. */
void sources_free(struct sources *s);

/* From now on; 0: no limit. Connections that are beyond it stay. */
void sources_set_limit(struct sources *s, uint32_t limit);

/*
 * One more connection from this source. Returns the entry to give back when it is closed, at least
 * 1; 0 if as many are open from there as may be.
 */
uint32_t sources_take(struct sources *s, source_t source);
void sources_release(struct sources *s, uint32_t entry);

#endif
