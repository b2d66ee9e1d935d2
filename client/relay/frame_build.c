/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/frame_build.h"

#include "client/relay/inet_sum.h"

#include <errno.h>
#include <string.h>

enum {
	ETHER_LEN = 14,
	IPV4_LEN = 20,
	IPV6_LEN = 40,
	UDP_LEN = 8,
	PROTOCOL_UDP = 17,
	HOPS = 64,
};

/* Locally administered; the link has two ends and nobody looks these up. */
static const uint8_t to_appliance[6] = {0x02, 0x75, 0x70, 0x72, 0x00, 0x01};
static const uint8_t from_relay[6] = {0x02, 0x75, 0x70, 0x72, 0x00, 0x02};

static void put_ether(uint8_t *at, uint16_t type)
{
	memcpy(at, to_appliance, 6);
	memcpy(at + 6, from_relay, 6);
	store_be16(at + 12, type);
}

static void put_ipv4(uint8_t *at, const struct flow *flow, size_t udp_len)
{
	memset(at, 0, IPV4_LEN);
	at[0] = 4 << 4 | IPV4_LEN / 4;
	store_be16(at + 2, (uint16_t)(IPV4_LEN + udp_len));
	store_be16(at + 6, 1 << 14); // do not fragment, so the identification may be 0 (RFC 6864)
	at[8] = HOPS;
	at[9] = PROTOCOL_UDP;
	memcpy(at + 12, flow->source, 4);
	memcpy(at + 16, flow->destination, 4);
	store_be16(at + 10, (uint16_t)~inet_fold(inet_sum(0, at, IPV4_LEN)));
}

static void put_ipv6(uint8_t *at, const struct flow *flow, size_t udp_len)
{
	memset(at, 0, IPV6_LEN);
	at[0] = 6 << 4;
	store_be16(at + 4, (uint16_t)udp_len);
	at[6] = PROTOCOL_UDP;
	at[7] = HOPS;
	memcpy(at + 8, flow->source, 16);
	memcpy(at + 24, flow->destination, 16);
}

static void put_udp(uint8_t *at, const struct flow *flow, const uint8_t *payload, size_t len)
{
	size_t address_len = flow->v6 ? 16 : 4, udp_len = UDP_LEN + len;

	store_be16(at, flow->source_port);
	store_be16(at + 2, flow->destination_port);
	store_be16(at + 4, (uint16_t)udp_len);
	store_be16(at + 6, 0);
	if (len > 0)
		memcpy(at + UDP_LEN, payload, len);
	uint32_t s = PROTOCOL_UDP + (uint32_t)udp_len; // the rest of the pseudo-header
	s = inet_sum(s, flow->source, address_len);
	s = inet_sum(s, flow->destination, address_len);
	uint16_t checksum = (uint16_t)~inet_fold(inet_sum(s, at, udp_len));
	store_be16(at + 6, checksum == 0 ? 0xffff : checksum); // 0 would say that there is none
}

int frame_build(
	const struct flow *flow, const uint8_t *payload, size_t len, uint8_t out[FRAME_BUILD_MAX])
{
	size_t ip_len = flow->v6 ? IPV6_LEN : IPV4_LEN;
	size_t whole = ETHER_LEN + ip_len + UDP_LEN + len;

	if (len > (flow->v6 ? FRAME_PAYLOAD_MAX_V6 : FRAME_PAYLOAD_MAX_V4))
		return -EMSGSIZE;
	put_ether(out, flow->v6 ? 0x86dd : 0x0800);
	if (flow->v6)
		put_ipv6(out + ETHER_LEN, flow, UDP_LEN + len);
	else
		put_ipv4(out + ETHER_LEN, flow, UDP_LEN + len);
	put_udp(out + ETHER_LEN + ip_len, flow, payload, len);
	if (whole < FRAME_BUILD_MIN) {
		memset(out + whole, 0, FRAME_BUILD_MIN - whole);
		whole = FRAME_BUILD_MIN;
	}
	return (int)whole;
}
