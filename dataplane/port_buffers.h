/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The packet buffers of a port: how many it takes, and the pool they are in.
 */
#ifndef DATAPLANE_PORT_BUFFERS_H
#define DATAPLANE_PORT_BUFFERS_H

#include "dataplane/port.h"

enum { PORT_RX_RING = 2048, PORT_TX_RING = 512 }; // descriptors that are asked for

/* As configured; without a word, that of a card is wanted. */
bool port_wants_exception(const struct dataplane_port *config);

/* For so many queues to receive, on the port's NUMA node. 0, or -errno with a sentence in error. */
int port_buffers_make(struct port *p, unsigned queues, char *error, size_t cap);

#endif
