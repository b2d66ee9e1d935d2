/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What an appliance with this configuration will need of its host, for whoever makes a host ready
 * (`uproar host`). Nothing is opened for it; of the machine only its NUMA nodes are looked at.
 */
#ifndef CONTROL_NEEDS_H
#define CONTROL_NEEDS_H

#include "control/config.h"

/*
 * One JSON object, to be freed; NULL if there is no memory.
 *
 *   name, user      as configured; user "" for whoever starts it
 *   hugepages       a list, one for each NUMA node: node, page_bytes, arena_bytes, buffer_bytes
 *   devices         a list: device (of a PCI device its whole address), kind ("pci", "af_xdp",
 *                   "other"), queues, interface (of the kernel, or null), busy_polling
 *   cores           of the workers, as configured
 *   connections     of the fan-out
 *   nofile          open files of the process, with those to Kafka
 *   memlock_bytes   that devices lock; who has CAP_IPC_LOCK needs no limit for it
 */
char *needs_json(const struct config *config);

/* nofile alone. */
uint64_t needs_files(const struct config *config);

#endif
