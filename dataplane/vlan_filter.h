/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames with VLAN tags, which are counted as those without. Most devices let them pass unless they
 * are told to look at the tags. A virtio device drops each tag whose number it was not given as
 * soon as its driver can give it any (VIRTIO 1.1, 5.1.6.5.3), which DPDK's can: so it is given all
 * of them.
 */
#ifndef DATAPLANE_VLAN_FILTER_H
#define DATAPLANE_VLAN_FILTER_H

#include <rte_ethdev.h>

/* What the device has to be configured with, so that it can be opened: offloads, or 0. */
uint64_t vlan_filter_offloads(const struct rte_eth_dev_info *info);

/* Opens it, once it is started. 0 or -errno: some tags do not pass. */
int vlan_filter_open(uint16_t port, const struct rte_eth_dev_info *info);

#endif
