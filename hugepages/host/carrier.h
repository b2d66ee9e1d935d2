/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What must not be taken from the kernel, for the machine could not be reached any more: the device
 * below a default route or below the operator's session.
 *
 * The session is SSH_CONNECTION of the environment; and, for sudo leaves that out, every connection
 * that is established at port 22 or held by a process of sshd.
 */
#ifndef HUGEPAGES_HOST_CARRIER_H
#define HUGEPAGES_HOST_CARRIER_H

#include "hugepages/host/host.h"

/*
 * Does this PCI device carry one of them, itself or below bonds, bridges, VLANs? Then why says it:
 * "carries the default route (vlan5 over bond0 over eth0)".
 */
bool carrier_is(const struct host *h, const char *address, char *why, size_t cap);

#endif
