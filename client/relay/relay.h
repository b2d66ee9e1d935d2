/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Hands each datagram that comes to the kernel's UDP port on to the appliance, as a frame with its
 * original source. While the device is full or has no link, datagrams wait in the kernel.
 *
 * Answers come back the same way: frames received on the device, their payload sent from the socket
 * of the same IP version to the address in them. The device cannot wake anybody, so it is looked at
 * every millisecond, but only for a while after a datagram that asks for an answer.
 */
#ifndef CLIENT_RELAY_RELAY_H
#define CLIENT_RELAY_RELAY_H

#include "client/device/device.h"
#include "client/relay/udp_port.h"

struct relay {
	struct device *device;
	struct udp_port ports[2]; // IPv4, IPv6
	int stop;                 // an event: end the thread
	pthread_t thread;
	uint64_t relayed; // thread: wo; read after relay_stop()
	uint64_t too_long;
	uint64_t answered;
	uint64_t listen_until; // for answers, by clock_now(); the thread's own
	int error;             // thread: wo; what ended it, or 0
};

/* Opens the port and starts the thread. 0, or -errno after a complaint. */
int relay_start(struct relay *r, struct device *device, uint16_t port);

/*
 * Ends the thread. 0, or -errno of what had ended it before: then it complained, and sent SIGTERM
 * to this process.
 */
int relay_stop(struct relay *r);

#endif
