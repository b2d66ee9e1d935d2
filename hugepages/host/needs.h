/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a host needs to be made ready for one appliance. `uproard --needs` says it.
 */
#ifndef HUGEPAGES_HOST_NEEDS_H
#define HUGEPAGES_HOST_NEEDS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	HOST_NODES_MAX = 16,
	HOST_DEVICES_MAX = 16,
	HOST_CORES_MAX = 64,
	HOST_DEVICE_MAX = 256,
	HOST_NAME_MAX = 64,
};

enum host_device_kind { HOST_DEVICE_PCI, HOST_DEVICE_AF_XDP, HOST_DEVICE_OTHER };

struct host_device {
	char device[HOST_DEVICE_MAX]; // as the configuration has it; of a PCI device, its address
	enum host_device_kind kind;
	char interface[HOST_NAME_MAX]; // of the kernel, under AF_XDP; "" if none
	bool busy_polling;             // the kernel's, under AF_XDP
	unsigned queues;
};

/* Huge pages of one size on one NUMA node. */
struct host_pages {
	unsigned node;
	uint64_t page;    // bytes
	uint64_t arena;   // bytes
	uint64_t buffers; // bytes of packet buffers
};

struct host_needs {
	char name[HOST_NAME_MAX]; // of the appliance
	char user[HOST_NAME_MAX]; // that it becomes; "": whoever starts it
	struct host_pages pages[HOST_NODES_MAX];
	unsigned n_pages;
	struct host_device devices[HOST_DEVICES_MAX];
	unsigned n_devices;
	unsigned cores[HOST_CORES_MAX]; // of the workers, as configured; none: any
	unsigned n_cores;
	uint64_t nofile;  // open files
	uint64_t memlock; // bytes that are locked by who has no CAP_IPC_LOCK
};

#endif
