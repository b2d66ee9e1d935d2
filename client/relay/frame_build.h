/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A UDP datagram as the Ethernet frame that would have carried it: RFC 894 and RFC 2464, IPv4
 * (RFC 791) or IPv6 (RFC 8200), UDP (RFC 768). A pure function of its arguments.
 */
#ifndef CLIENT_RELAY_FRAME_BUILD_H
#define CLIENT_RELAY_FRAME_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who sent it to whom. Addresses as they go over the wire, ports as numbers; IPv4 uses 4 bytes. */
struct flow {
	bool v6;
	uint16_t source_port, destination_port;
	uint8_t source[16], destination[16];
};

enum {
	FRAME_BUILD_MIN = 60, // shorter ones are padded with zeros, as Ethernet does
	FRAME_BUILD_MAX = 14 + 1500,
	FRAME_PAYLOAD_MAX_V4 = 1500 - 20 - 8,
	FRAME_PAYLOAD_MAX_V6 = 1500 - 40 - 8,
};

/* Writes the frame; returns its length, or -EMSGSIZE if the payload does not fit in one. */
int frame_build(
	const struct flow *flow, const uint8_t *payload, size_t len, uint8_t out[FRAME_BUILD_MAX]);

#endif
