/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The stages, for the table in host.c. Each check only reads; each init is called when there is
 * something to do, and says and writes down what it does (do.h).
 */
#ifndef HUGEPAGES_HOST_STAGES_H
#define HUGEPAGES_HOST_STAGES_H

#include "hugepages/host/finding.h"

void hugepages_check(const struct host *h, struct host_finding *f);
int hugepages_init(struct host *h);

void mount_check(const struct host *h, struct host_finding *f);
int mount_init(struct host *h);

void iommu_check(const struct host *h, struct host_finding *f);

void vfio_check(const struct host *h, struct host_finding *f);
int vfio_init(struct host *h);

void nic_check(const struct host *h, struct host_finding *f);
int nic_init(struct host *h);

void cpus_check(const struct host *h, struct host_finding *f);
int cpus_init(struct host *h);

void limits_check(const struct host *h, struct host_finding *f);
int limits_init(struct host *h);

void busy_polling_check(const struct host *h, struct host_finding *f);
int busy_polling_init(struct host *h);

void io_uring_check(const struct host *h, struct host_finding *f);
int io_uring_init(struct host *h);

/* How many PCI devices are wanted for vfio. */
unsigned needs_pci(const struct host_needs *needs);

/* The user and group that the appliance becomes. 0, or -ENOENT: there is none of that name. Root if
 * it becomes nobody else. */
int user_find(const struct host *h, uid_t *user, gid_t *group);

#endif
