/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The sessions by which operators are on this machine.
 */
#ifndef HUGEPAGES_HOST_SESSIONS_H
#define HUGEPAGES_HOST_SESSIONS_H

#include "hugepages/host/routes.h"

/* The interfaces that they go through. */
void sessions_find(const struct host *h, struct interface_set *out);

#endif
