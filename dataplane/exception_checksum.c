/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/exception_checksum.h"

#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_net.h>
#include <rte_tcp.h>
#include <rte_udp.h>
#include <stddef.h>
#include <string.h>

/* Where it is in the header behind the addresses; 0: neither TCP nor UDP. */
static uint32_t checksum_offset(uint32_t type)
{
	switch (type & RTE_PTYPE_L4_MASK) {
	case RTE_PTYPE_L4_TCP:
		return offsetof(struct rte_tcp_hdr, cksum);
	case RTE_PTYPE_L4_UDP:
		return offsetof(struct rte_udp_hdr, dgram_cksum);
	default:
		return 0;
	}
}

/* The whole of what is summed, TCP or UDP with what it carries, as its IP header says; 0: no such
 * header, or IPv6 extension headers, which nobody leaves to a device. */
static uint32_t summed_length(const void *ip, uint32_t type, uint32_t header_len)
{
	const struct rte_ipv4_hdr *v4 = ip;
	const struct rte_ipv6_hdr *v6 = ip;

	if (RTE_ETH_IS_IPV4_HDR(type) && rte_be_to_cpu_16(v4->total_length) > header_len)
		return rte_be_to_cpu_16(v4->total_length) - header_len;
	if ((type & RTE_PTYPE_L3_MASK) == RTE_PTYPE_L3_IPV6)
		return rte_be_to_cpu_16(v6->payload_len);
	return 0;
}

void exception_make_checksum(struct rte_mbuf *m)
{
	struct rte_net_hdr_lens lens;
	rte_be16_t sum = 0;

	if ((m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) != RTE_MBUF_F_RX_L4_CKSUM_NONE)
		return;
	uint32_t type = rte_net_get_ptype(m, &lens, RTE_PTYPE_ALL_MASK);
	uint32_t offset = checksum_offset(type), at = lens.l2_len + lens.l3_len;
	void *ip = rte_pktmbuf_mtod_offset(m, void *, lens.l2_len);
	uint8_t *l4 = rte_pktmbuf_mtod_offset(m, uint8_t *, at);
	uint32_t length = offset == 0 ? 0 : summed_length(ip, type, lens.l3_len);

	if (length < offset + sizeof(sum) || at + length > rte_pktmbuf_data_len(m))
		return;
	memcpy(l4 + offset, &sum, sizeof(sum)); // of zeroes
	sum = RTE_ETH_IS_IPV4_HDR(type) ? rte_ipv4_udptcp_cksum(ip, l4)
					: rte_ipv6_udptcp_cksum(ip, l4);
	memcpy(l4 + offset, &sum, sizeof(sum));
}
