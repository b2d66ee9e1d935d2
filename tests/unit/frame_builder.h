/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Ethernet frames that are right unless asked to be wrong in one place.
 */
#ifndef TESTS_FRAME_BUILDER_H
#define TESTS_FRAME_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUILT_MAX = 4096, BUILT_PORT = 7700 };

enum built_layer { LAYER_NONE, LAYER_ETHER, LAYER_IP, LAYER_UDP };

enum built_checksum { CHECKSUM_RIGHT, CHECKSUM_ZERO, CHECKSUM_WRONG, CHECKSUM_PARTIAL };

struct frame_spec {
	unsigned tags;      // VLAN tags, the last one 0x8100
	uint16_t outer_tag; // type of the others; 0: 0x88a8
	bool v6;
	unsigned options;     // bytes of IPv4 options, a multiple of 4
	unsigned extensions;  // IPv6 extension headers: destination options of 8, 16, ... bytes
	bool fragment_header; // IPv6, behind the extensions
	uint16_t fragment;    // its offset in bytes, and 1 if more fragments follow
	uint8_t protocol;     // 0: UDP
	uint16_t port;        // 0: BUILT_PORT
	const void *payload;
	size_t payload_len;
	size_t behind_udp;            // bytes in the IP packet behind the UDP datagram
	size_t padding;               // bytes behind the IP packet
	enum built_checksum checksum; // of UDP
	/* At last, width bytes at an offset of a layer are overwritten. The header checksum of IPv4
	 * is made right again, unless it is what was overwritten. */
	enum built_layer layer;
	unsigned offset, width;
	uint32_t value;
};

struct built {
	uint8_t bytes[BUILT_MAX];
	size_t len;
	size_t ip, udp, payload; // where they begin
};

void frame_build(struct built *out, const struct frame_spec *spec);

/*
 * A copy whose end is the end of the memory that may be read: one byte more is a fault, in any
 * build. Valid until the next call.
 */
const uint8_t *at_the_edge(const void *bytes, size_t len);

#endif
