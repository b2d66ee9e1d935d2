/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The kernel's UDP port that the relay owns: one socket per IP version, on loopback. */
#ifndef CLIENT_RELAY_UDP_PORT_H
#define CLIENT_RELAY_UDP_PORT_H

#include "client/relay/frame_build.h"

#include <netinet/in.h>

enum { UDP_PORT_BURST = 32, UDP_PORT_BYTES = 2048 };

struct udp_port {
	int fd; // -1: this machine has no such address
	bool v6;
	uint16_t port;
	uint32_t overflowed; // datagrams that the kernel had no room for, as it tells
};

/* A datagram as it came. */
struct arrival {
	struct flow flow;
	bool cut; // it was longer than UDP_PORT_BYTES
	uint16_t len;
	uint8_t bytes[UDP_PORT_BYTES];
};

/* 127.0.0.1 or ::1. 0, or -errno: -EADDRNOTAVAIL and -EAFNOSUPPORT where there is no such address.
 */
int udp_port_open(struct udp_port *p, bool v6, uint16_t port);
void udp_port_close(struct udp_port *p);

/* Takes what is there, at most UDP_PORT_BURST, without waiting. How many, or -errno. */
int udp_port_receive(struct udp_port *p, struct arrival arrivals[UDP_PORT_BURST]);

/* Sends to the destination of a flow of its IP version, without waiting for room. 0, or -errno. */
int udp_port_send(
	const struct udp_port *p, const struct flow *flow, const uint8_t *payload, size_t len);

#endif
