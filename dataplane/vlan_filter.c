/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/vlan_filter.h"

#include <rte_ether.h>
#include <string.h>

static bool filters_unasked(const struct rte_eth_dev_info *info)
{
	return strcmp(info->driver_name, "net_virtio") == 0;
}

uint64_t vlan_filter_offloads(const struct rte_eth_dev_info *info)
{
	/* If it cannot be given any number it drops none. */
	return filters_unasked(info) ? info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_VLAN_FILTER : 0;
}

int vlan_filter_open(uint16_t port, const struct rte_eth_dev_info *info)
{
	int ret = 0;

	if (vlan_filter_offloads(info) == 0)
		return 0;
	for (uint16_t vlan = 0; ret == 0 && vlan <= RTE_ETHER_MAX_VLAN_ID; vlan++)
		ret = rte_eth_dev_vlan_filter(port, vlan, 1);
	return ret;
}
