/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A machine played in a folder: its sysfs and proc as files, and a kernel that does with what is
 * written there what Linux does.
 */
#ifndef TESTS_HOST_RIG_H
#define TESTS_HOST_RIG_H

#include "hugepages/host/host.h"

#include <stdarg.h>

enum { RIG_TEXT_MAX = 32768 };

struct host_rig {
	char root[64];
	struct host_needs needs;
	struct host host;
	char ran[RIG_TEXT_MAX];      // commands, a line each
	char failed[RIG_TEXT_MAX];   // complaints, a line each
	unsigned long pages_at_most; // huge pages that a node has memory for
	const char *stuck;           // a file that takes nothing
	const char *unwilling;       // a device that vfio-pci does not take
};

void host_rig_init(struct host_rig *rig);
void host_rig_done(struct host_rig *rig);

/* Parts of the machine. Folders above are made. */
__attribute__((format(printf, 3, 4))) void rig_file(
	struct host_rig *rig, const char *path, const char *format, ...);
void rig_link(struct host_rig *rig, const char *path, const char *target);
void rig_folder(struct host_rig *rig, const char *path);

/* Huge pages of 2 MiB on a node. */
void rig_pages(struct host_rig *rig, unsigned node, unsigned all, unsigned free_ones);

/* A PCI device; driver NULL: none, group -1: none. */
void rig_pci(struct host_rig *rig, const char *address, const char *class, const char *driver,
	int group);

/* An interface of a device, or one over another. */
void rig_interface(struct host_rig *rig, const char *name, const char *address);
void rig_over(struct host_rig *rig, const char *upper, const char *lower);

/* vfio-pci loaded, an IOMMU there. */
void rig_vfio(struct host_rig *rig);

/* A machine with all that can be had and nothing that is set up: an e1000e at 0000:3b:00.0. */
void rig_bare(struct host_rig *rig);

/* Wanted: this device, and so much memory on node 0. */
void rig_want_device(struct host_rig *rig, const char *address);
void rig_want_pages(struct host_rig *rig, unsigned node, unsigned arena, unsigned buffers);

struct host_finding rig_check(struct host_rig *rig, const char *stage);
struct host_finding rig_init(struct host_rig *rig, const char *stage, int expected);
int rig_undo_all(struct host_rig *rig);

/* A file's first line; "" if there is none. Valid until the next call. */
const char *rig_read(const struct host_rig *rig, const char *path);

/* All that is in the tree: names, links, modes, owners, contents. To be freed. */
char *rig_snapshot(const struct host_rig *rig);

#endif
