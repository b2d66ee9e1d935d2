/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Virtual devices: what DPDK must be told besides what the user wrote, and what "auto" tries.
 */
#ifndef DATAPLANE_VDEV_H
#define DATAPLANE_VDEV_H

#include "dataplane/dataplane.h"

struct vdev {
	char devargs[2 * DATAPLANE_DEVICE_MAX];
	char interface[64]; // network interface that gets our XDP program; "" if none does
	int program_file;   // descriptor, -1 if none
};

/*
 * Completes the arguments of a device. AF_XDP without a program of the user's gets ours, after a
 * stale one of ours was taken off. 0, or -errno with a sentence in error. vdev_done() afterwards.
 */
int vdev_prepare(struct vdev *v, const char *device, const char *records, char *error, size_t cap);
void vdev_done(struct vdev *v);

/* The value of key= in a device's arguments; false: it has none, or it does not fit. */
bool vdev_argument(const char *device, const char *key, char *out, size_t cap);

/* A PCI address, perhaps with arguments, rather than a virtual device? */
bool vdev_is_pci(const char *device);

/*
 * Do frames of this device come from this machine's own kernel, which leaves UDP checksums half
 * made where it believes that the wire is memory? True for TAP and for lo and veth behind a driver
 * that reads an interface of the kernel.
 */
bool vdev_is_local(const char *device);

/*
 * Does what is sent through this device come to somebody? Not through a capture that is only read,
 * nor net_null: those take frames and forget them.
 */
bool vdev_sends(const char *device);

/* The choices of "auto", best first: AF_XDP on lo, a TAP interface, memif. */
enum { VDEV_CHOICES = 3 };
int vdev_choice(unsigned i, unsigned port, const char *name, const char *runtime_folder, char *out,
	size_t cap);

#endif
