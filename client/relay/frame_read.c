/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/frame_read.h"

#include "client/relay/inet_sum.h"

#include <errno.h>
#include <string.h>

enum { ETHER_LEN = 14, IPV4_LEN = 20, IPV6_LEN = 40, UDP_LEN = 8, PROTOCOL_UDP = 17 };

/* The length of the datagram behind the header, or 0. */
static size_t read_ipv4(const uint8_t *h, size_t len, struct flow *flow)
{
	size_t total = len >= IPV4_LEN ? load_be16(h + 2) : 0;

	if (total < IPV4_LEN || total > len || h[0] != (4 << 4 | IPV4_LEN / 4) ||
		h[9] != PROTOCOL_UDP || (load_be16(h + 6) & 0x3fff) != 0 ||
		inet_fold(inet_sum(0, h, IPV4_LEN)) != 0xffff)
		return 0;
	memcpy(flow->source, h + 12, 4);
	memcpy(flow->destination, h + 16, 4);
	return total - IPV4_LEN;
}

static size_t read_ipv6(const uint8_t *h, size_t len, struct flow *flow)
{
	if (len < IPV6_LEN || h[0] >> 4 != 6 || h[6] != PROTOCOL_UDP ||
		load_be16(h + 4) > len - IPV6_LEN)
		return 0;
	memcpy(flow->source, h + 8, 16);
	memcpy(flow->destination, h + 24, 16);
	return load_be16(h + 4);
}

static bool checksum_holds(const uint8_t *udp, size_t len, const struct flow *flow)
{
	size_t address_len = flow->v6 ? 16 : 4;
	uint32_t s = PROTOCOL_UDP + (uint32_t)len;

	s = inet_sum(s, flow->source, address_len);
	s = inet_sum(s, flow->destination, address_len);
	return load_be16(udp + 6) != 0 && inet_fold(inet_sum(s, udp, len)) == 0xffff;
}

int frame_read(const uint8_t *frame, size_t len, struct flow *flow, struct frame_payload *payload)
{
	unsigned type = len >= ETHER_LEN ? load_be16(frame + 12) : 0;
	const uint8_t *ip = frame + ETHER_LEN, *udp;
	size_t left = 0;

	*flow = (struct flow){.v6 = type == 0x86dd};
	if (flow->v6)
		left = read_ipv6(ip, len - ETHER_LEN, flow);
	else if (type == 0x0800)
		left = read_ipv4(ip, len - ETHER_LEN, flow);
	udp = ip + (flow->v6 ? IPV6_LEN : IPV4_LEN);
	if (left < UDP_LEN || load_be16(udp + 4) < UDP_LEN || load_be16(udp + 4) > left ||
		!checksum_holds(udp, load_be16(udp + 4), flow))
		return -EINVAL;
	flow->source_port = load_be16(udp);
	flow->destination_port = load_be16(udp + 2);
	*payload = (struct frame_payload){udp + UDP_LEN, load_be16(udp + 4) - (size_t)UDP_LEN};
	return 0;
}
