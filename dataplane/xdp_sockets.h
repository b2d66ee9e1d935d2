/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The AF_XDP sockets of this process, which DPDK opened. The kernel counts in them what did not fit
 * into a full ring; DPDK's own statistics leave that out.
 */
#ifndef DATAPLANE_XDP_SOCKETS_H
#define DATAPLANE_XDP_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

enum { XDP_SOCKETS_MAX = 256 };

struct xdp_sockets {
	unsigned n;
	int fds[XDP_SOCKETS_MAX]; // not owned
};

/* All that this process has open. */
void xdp_sockets_find(struct xdp_sockets *s);

/* Takes out those that were there before: what is left belongs to the port opened since. */
void xdp_sockets_subtract(struct xdp_sockets *s, const struct xdp_sockets *before);

/* Frames that were redirected to them and found their ring full. */
uint64_t xdp_sockets_ring_full(const struct xdp_sockets *s);

/* Does the driver put frames where DPDK has them, in all of them? False if there are none. */
bool xdp_sockets_zero_copy(const struct xdp_sockets *s);

#endif
