/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Where the crowd's datagrams go: a UDP socket, or a device in the relay's process. */
#ifndef CLIENT_CROWD_SINK_H
#define CLIENT_CROWD_SINK_H

#include "wire/limits.h"

#include <stdint.h>

enum { DATAGRAM_MAX = WIRE_HEADER_LEN + WIRE_TICKET_LEN + WIRE_TEXT_MAX };

struct datagram {
	uint32_t viewer; // who sent it, 0 and up
	uint16_t taps;
	uint16_t len;
	uint8_t payload[DATAGRAM_MAX];
};

struct sink {
	/*
	 * Sends the first of n datagrams and returns how many were taken, in order; 0 if none can
	 * be just now; -errno if none ever will. What was not taken is offered again.
	 */
	int (*send)(void *ctx, const struct datagram *datagrams, unsigned n);
	void *ctx;
};

#endif
