/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The kernel's modules for vfio.
 */
#ifndef HUGEPAGES_HOST_MODULES_H
#define HUGEPAGES_HOST_MODULES_H

#include "hugepages/host/host.h"

/* All that may be wanted, each behind those that it needs; NULL at the end. Kernels differ in which
 * of them they have. */
extern const char *const host_vfio_modules[];

/* The file of a module of the running kernel. */
bool host_module_file(const struct host *h, const char *module, char *out, size_t cap);

/* The program modprobe, if there is one. */
bool host_modprobe(const struct host *h, char *out, size_t cap);

#endif
