/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A sink that sends real datagrams through the kernel, from several ports as a crowd would. */
#ifndef CLIENT_CROWD_UDP_SINK_H
#define CLIENT_CROWD_UDP_SINK_H

#include "client/crowd/sink.h"
#include "client/endpoint.h"

enum { UDP_SINK_SOCKETS = 16 };

struct udp_sink {
	int fds[UDP_SINK_SOCKETS];
	unsigned next; // each burst leaves from another port
};

/* 0 or -errno. */
int udp_sink_open(struct udp_sink *u, const struct endpoint *to);
void udp_sink_close(struct udp_sink *u);

struct sink udp_sink(struct udp_sink *u);

#endif
