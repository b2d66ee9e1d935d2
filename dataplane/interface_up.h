/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* An interface of the kernel that is ours: its address, its MTU, and that it is up. */
#ifndef DATAPLANE_INTERFACE_UP_H
#define DATAPLANE_INTERFACE_UP_H

#include <stdint.h>

/* 0 or -errno. */
int interface_bring_up(const char *name, const uint8_t mac[6], unsigned mtu);

#endif
