/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * DPDK's Environment Abstraction Layer: its arguments, its start, and what it leaves behind.
 */
#ifndef DATAPLANE_EAL_H
#define DATAPLANE_EAL_H

#include "dataplane/dataplane.h"

/*
 * Starts the EAL with one lcore a worker (pinned) and the main lcore on the CPUs that are left.
 * Huge pages are used if enough are free, ordinary memory otherwise. Arguments of the user come
 * last and win. 0, or -errno with a sentence in error.
 */
int eal_start(const struct dataplane_config *config, unsigned workers, char *error, size_t cap);

/* Ends the EAL and removes its files, so that nothing stays behind. */
void eal_stop(void);

#endif
