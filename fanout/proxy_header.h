/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The header by which a proxy says whose connection it passes on: version 2 of the PROXY protocol
 * (haproxy.org/download/2.8/doc/proxy-protocol.txt, section 2.2), as it arrives, in pieces of any
 * size. Of version 1 only that it is that is found out.
 *
 * Of the addresses only the source's is kept. What follows them (TLVs) is skipped, and a header
 * that would be longer than any real one is malformed, so a proxy makes us keep a few bytes only.
 */
#ifndef FANOUT_PROXY_HEADER_H
#define FANOUT_PROXY_HEADER_H

#include "fanout/sources.h"

#include <stddef.h>

enum {
	PROXY_HEAD_LEN = 16,      // signature, version and command, family, length
	PROXY_ADDRESSES_MAX = 36, // of IPv6: two addresses and two ports
	PROXY_LENGTH_MAX = 4096,  // of addresses and TLVs together
};

struct proxy_header { // all zeros at first
	uint8_t bytes[PROXY_HEAD_LEN + PROXY_ADDRESSES_MAX];
	uint16_t taken; // bytes of the header that have arrived, in bytes as far as they fit
};

enum proxy_result {
	PROXY_MORE,   // all bytes belong to the header, and it goes on
	PROXY_CLIENT, // it is whole, and names the client
	PROXY_NOBODY, // it is whole, and the connection is the proxy's own: it asks for our health
	PROXY_VERSION_1, // it is none of version 2, but of version 1
	PROXY_MALFORMED,
};

/* How many bytes surely belong to the header yet, at least 1. */
size_t proxy_header_wants(const struct proxy_header *p);

/*
 * Takes the next bytes. *used says how many belonged to the header; those behind it are the
 * client's. PROXY_CLIENT sets *client. After anything but PROXY_MORE the header is at its end.
 */
enum proxy_result proxy_header_take(
	struct proxy_header *p, const uint8_t *bytes, size_t len, size_t *used, source_t *client);

#endif
