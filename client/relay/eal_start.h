/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Starts DPDK for one virtual device, as quietly and with as little as it can be had. */
#ifndef CLIENT_RELAY_EAL_START_H
#define CLIENT_RELAY_EAL_START_H

#include <stdbool.h>

/*
 * The calling thread keeps its CPU affinity. verbose lets DPDK speak. 0, or -errno after a
 * complaint.
 */
int eal_start(const char *vdev, bool verbose);

/* Ends DPDK and removes the folder that it leaves. */
void eal_stop(void);

#endif
