/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A network interface that stays the kernel's, and of which our XDP program takes the reaction
 * port: what is asked of it before DPDK's AF_XDP driver has it, and what that driver is told.
 */
#ifndef DATAPLANE_AF_XDP_DEVICE_H
#define DATAPLANE_AF_XDP_DEVICE_H

#include "dataplane/vdev.h"

/* Completes the arguments of net_af_xdp; see vdev_prepare(). */
int af_xdp_device_prepare(
	struct vdev *v, const struct dataplane_port *config, char *error, size_t cap);

#endif
