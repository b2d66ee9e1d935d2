/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What sysfs says of a PCI device.
 */
#ifndef HUGEPAGES_HOST_PCI_H
#define HUGEPAGES_HOST_PCI_H

#include "hugepages/host/host.h"

enum { PCI_ADDRESS_MAX = 24, PCI_GROUP_MAX = 32 };

/* Is it written as a whole address is, "0000:3b:00.0"? */
bool pci_is_address(const char *text);

/* The driver that has the device; "" if none has. */
void pci_driver(const struct host *h, const char *address, char *out, size_t cap);

/* Drivers with which DPDK shares the device with the kernel: it stays theirs. */
bool pci_driver_shares(const char *driver);

enum { PCI_CLASS_BRIDGE = 0x06, PCI_CLASS_NETWORK = 0x02 };

/* Its class, 0x020000 for Ethernet, the kind in the upper byte; 0 if that cannot be read. */
unsigned pci_class(const struct host *h, const char *address);
bool pci_is_kind(const struct host *h, const char *address, unsigned kind);

/* The number of its IOMMU group, or -1. */
int pci_iommu_group(const struct host *h, const char *address);

/* The devices of its group, itself too, without bridges, which vfio does not ask for. */
unsigned pci_group(
	const struct host *h, const char *address, char others[PCI_GROUP_MAX][PCI_ADDRESS_MAX]);

/* The device below an interface of the kernel; for a virtual function the physical one, too, which
 * takes it along. Returns how many, 0 to 2. */
unsigned pci_of_interface(
	const struct host *h, const char *interface, char out[2][PCI_ADDRESS_MAX]);

/* The names of its interfaces of the kernel, with commas; "" if there are none. */
void pci_interfaces(const struct host *h, const char *address, char *out, size_t cap);

/* The network devices of this host with the drivers that they have, with commas. */
void pci_network_devices(const struct host *h, char *out, size_t cap);

/* A process that has the device open through vfio, or any such file, or 0. */
int pci_vfio_holder(const struct host *h, const char *address);
int pci_file_holder(const struct host *h, const char *file);

/* Its device file for vfio, "/dev/vfio/7", "/dev/vfio/noiommu-0"; false if it has none. */
bool pci_vfio_file(const struct host *h, const char *address, char *out, size_t cap);

#endif
