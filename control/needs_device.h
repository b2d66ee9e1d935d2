/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the device of a port is, from its name and from sysfs.
 */
#ifndef CONTROL_NEEDS_DEVICE_H
#define CONTROL_NEEDS_DEVICE_H

#include "dataplane/dataplane.h"

#include <net/if.h>

struct needs_device {
	char device[DATAPLANE_DEVICE_MAX];
	const char *kind;            // "pci", "af_xdp", "other"
	char interface[IF_NAMESIZE]; // of the kernel; "" if it has none
	bool busy_polling;           // the worker polls the kernel's driver
	bool locks_memory;
};

void needs_device(const struct dataplane_port *port, struct needs_device *out);

/* The NUMA node of a port's device, else that of its worker's CPU (-1: any), else 0. */
int needs_node(const struct dataplane_port *port, int cpu);

#endif
