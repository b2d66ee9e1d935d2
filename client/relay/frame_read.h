/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The other way of frame_build(): an Ethernet frame as the appliance answers with, without VLAN
 * tags, options and extension headers, and the UDP datagram in it.
 */
#ifndef CLIENT_RELAY_FRAME_READ_H
#define CLIENT_RELAY_FRAME_READ_H

#include "client/relay/frame_build.h"

struct frame_payload {
	const uint8_t *bytes; // within the frame
	size_t len;
};

/* 0, or -EINVAL for anything else, and for a checksum that is wrong or missing. */
int frame_read(const uint8_t *frame, size_t len, struct flow *flow, struct frame_payload *payload);

#endif
