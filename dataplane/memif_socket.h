/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The socket file by which memif's two ends find each other. A server that is killed leaves it, and
 * DPDK's driver then refuses to start on it: what nobody listens on is removed before.
 */
#ifndef DATAPLANE_MEMIF_SOCKET_H
#define DATAPLANE_MEMIF_SOCKET_H

#include <stddef.h>

/* 0 if the path is free now, or -errno with a sentence in error. */
int memif_socket_clear_stale(const char *path, char *error, size_t cap);

#endif
