/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The kernel of a machine that is played in a folder.
 */
#ifndef TESTS_HOST_RIG_KERNEL_H
#define TESTS_HOST_RIG_KERNEL_H

#include "host_rig.h"

#include "hugepages/host/kernel.h"

extern const struct host_kernel rig_kernel;

/* A driver of PCI devices, with its doors. */
void rig_driver(struct host_rig *rig, const char *driver);

#endif
