/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Starts DPDK for one device, as quietly and with as little as it can be had. */
#ifndef CLIENT_DEVICE_EAL_START_H
#define CLIENT_DEVICE_EAL_START_H

#include <stdbool.h>

enum { EAL_CPUS_MAX = 32, EAL_ARGUMENTS_MAX = 64 };

struct eal_wish {
	const char *program;         // its files are called so
	const char *device;          // a --vdev argument, net_..., or a PCI address
	bool verbose;                // DPDK may speak
	bool own_memory;             // the arguments say what memory to take
	unsigned cpus[EAL_CPUS_MAX]; // lcores 1, 2, ... poll here
	unsigned cpus_n;
	char *const *arguments; // more of them
	unsigned arguments_n;
};

/*
 * One virtual device, and no lcore but the calling thread, which keeps its CPU affinity. verbose
 * lets DPDK speak. 0, or -errno after a complaint.
 */
int eal_start(const char *vdev, bool verbose);

/*
 * The same with all that is wished for. A network card and AF_XDP get huge pages, other devices
 * ordinary ones, unless the arguments say what memory.
 */
int eal_start_as(const struct eal_wish *wish);

/* Is it a --vdev argument, and no PCI address? */
bool eal_device_is_virtual(const char *device);

/* Ends DPDK and removes the folder that it leaves. */
void eal_stop(void);

#endif
