/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/answer_frame.h"

#include "dataplane/packet.h"
#include "wire/answer.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

enum {
	ETHER_ADDRESS = 6,
	ETHER_MIN = 60, // without its checksum
	HOPS = 64,      // RFC 1700's default, also for IPv6
	IPV4_DONT_FRAGMENT = 0x4000,
	LOOPBACK_V4 = 127,
	NOT_UNICAST_V4 = 224,
	MULTICAST_V6 = 0xff,
};

struct layers {
	uint8_t *ip, *udp, *payload;
	uint16_t payload_len;
	bool v6;
};

/* Headers as they are longest without options and extensions, which are not sent back. */
static bool find_layers(uint8_t *frame, size_t len, struct layers *l)
{
	struct packet_cursor c = {.at = frame, .end = frame + len};
	uint16_t type;

	if (packet_ether(&c, &type) != REFUSED_none)
		return false;
	l->ip = frame + (c.at - frame);
	l->v6 = type == ETHERTYPE_IPV6;
	if (l->v6 ? l->ip[6] != IPPROTO_UDP : l->ip[0] != (4 << 4 | PACKET_IPV4_LEN / 4))
		return false;
	l->udp = l->ip + (l->v6 ? PACKET_IPV6_LEN : PACKET_IPV4_LEN);
	l->payload = l->udp + PACKET_UDP_LEN;
	l->payload_len = (uint16_t)(load_be16(l->udp + 4) - PACKET_UDP_LEN);
	return true;
}

/* What was sent to a group came from one host, but would go back as if from the group. */
static bool between_hosts_v4(const uint8_t *source, const uint8_t *destination)
{
	uint8_t from = source[0], to = destination[0];

	return from != 0 && from < NOT_UNICAST_V4 && to != 0 && to < NOT_UNICAST_V4 &&
	       (from != LOOPBACK_V4 || to == LOOPBACK_V4);
}

/* ::/64 has the unspecified address, ::1, and IPv4 addresses in disguise. */
static bool between_hosts_v6(const uint8_t *source, const uint8_t *destination)
{
	bool to_loopback = load_be64(destination) == 0;

	if (source[0] == MULTICAST_V6 || destination[0] == MULTICAST_V6)
		return false;
	if (to_loopback && load_be64(destination + 8) != 1)
		return false;
	return load_be64(source) != 0 || (load_be64(source + 8) == 1 && to_loopback);
}

static bool may_be_answered(const uint8_t *frame, const struct layers *l, uint16_t reaction_port)
{
	uint16_t source_port = load_be16(l->udp);

	if (((frame[0] | frame[ETHER_ADDRESS]) & 1) != 0) // to or from a group
		return false;
	if (source_port == 0 || source_port == reaction_port)
		return false;
	return l->v6 ? between_hosts_v6(l->ip + 8, l->ip + 24)
		     : between_hosts_v4(l->ip + 12, l->ip + 16);
}

/*
 * What follows writes each header from what was loaded before, and sums up what it writes on the
 * way: to load again what was just stored in smaller pieces would wait for the stores.
 */

/* The 16-bit words of a value, as they lie in memory, added up. */
static inline uint64_t sum_of_be64(uint64_t value)
{
	return checksum_halves(htobe64(value));
}

static inline uint64_t sum_of_be16(uint16_t value)
{
	return htobe16(value);
}

static inline void put_sum(uint8_t *at, uint64_t sum)
{
	uint16_t check = (uint16_t)~checksum_fold(sum);

	memcpy(at, &check, sizeof(check));
}

/* Channel, session and sequence are where they were. Adds to the sum. */
static inline struct board_frame put_payload(
	const struct layers *l, const struct answer_facts *facts, uint64_t *sum)
{
	uint8_t *p = l->payload;
	uint64_t first = load_be64(p), last = load_be64(p + 8);
	bool asked = (p[1] & REACTION_FRAME) != 0 && facts->slot != NULL;
	struct board_frame f = {0};

	if (asked)
		f = board_read(
			facts->slot, p + ANSWER_HEAD_LEN, (size_t)l->payload_len - ANSWER_HEAD_LEN);
	unsigned status = WIRE_VERSION << 4 | facts->status | (f.too_long ? ANSWER_TOO_SHORT : 0);
	first = (first & 0x0000ffff00ffffff) | (uint64_t)(ANSWER_MAGIC << 8 | status) << 48 |
		(uint64_t)facts->pace << 24;
	if (facts->status == ANSWER_NOTHING)
		last = last >> 32 << 32 | facts->sequence;
	store_be64(p, first);
	store_be64(p + 8, last);
	*sum += sum_of_be64(first) + sum_of_be64(last) + (f.length != 0 ? f.sum : 0);
	return f;
}

/* Don't fragment, so that the identification may be 0 (RFC 6864). Returns the sum of addresses. */
static inline uint64_t put_ipv4(uint8_t *h, uint16_t udp_len)
{
	uint64_t addresses = load_be64(h + 12);
	uint64_t first =
		0x45ull << 56 | (uint64_t)(PACKET_IPV4_LEN + udp_len) << 32 | IPV4_DONT_FRAGMENT;
	uint64_t sum = sum_of_be64(addresses);

	store_be64(h, first);
	store_be16(h + 8, HOPS << 8 | IPPROTO_UDP);
	put_sum(h + 10, sum + sum_of_be64(first) + sum_of_be16(HOPS << 8 | IPPROTO_UDP));
	store_be64(h + 12, addresses << 32 | addresses >> 32);
	return sum;
}

static inline uint64_t put_ipv6(uint8_t *h, uint16_t udp_len)
{
	uint8_t source[16];
	uint64_t sum = checksum_add(0, h + 8, 32);

	store_be64(h, 6ull << 60 | (uint64_t)udp_len << 16 | IPPROTO_UDP << 8 | HOPS);
	memcpy(source, h + 8, 16);
	memcpy(h + 8, h + 24, 16);
	memcpy(h + 24, source, 16);
	return sum;
}

/* A sum of zero would say that there is none. */
static inline void put_udp(uint8_t *h, uint16_t udp_len, uint64_t sum)
{
	uint32_t ports = load_be32(h);

	sum += checksum_halves(htobe32(ports)) + 2 * sum_of_be16(udp_len) +
	       sum_of_be16(IPPROTO_UDP);
	uint16_t check = (uint16_t)~checksum_fold(sum);
	store_be32(h, ports << 16 | ports >> 16);
	store_be16(h + 4, udp_len);
	check = check != 0 ? check : 0xffff;
	memcpy(h + 6, &check, sizeof(check));
}

static inline void turn_ether(uint8_t *frame)
{
	uint8_t source[ETHER_ADDRESS];

	memcpy(source, frame + ETHER_ADDRESS, ETHER_ADDRESS);
	memcpy(frame + ETHER_ADDRESS, frame, ETHER_ADDRESS);
	memcpy(frame, source, ETHER_ADDRESS);
}

/* Ethernet's least length, where the frame had it; what pads it is nothing of before. */
static size_t pad(uint8_t *frame, size_t len, size_t before)
{
	size_t least = before < ETHER_MIN ? before : ETHER_MIN;

	if (len >= least)
		return len;
	memset(frame + len, 0, least - len);
	return least;
}

struct answer_made answer_frame_make(
	uint8_t *frame, size_t len, uint16_t reaction_port, const struct answer_facts *facts)
{
	struct layers l;

	if (!find_layers(frame, len, &l) || !may_be_answered(frame, &l, reaction_port))
		return (struct answer_made){0};
	uint64_t sum = 0;
	struct board_frame f = put_payload(&l, facts, &sum);
	uint16_t udp_len = (uint16_t)(PACKET_UDP_LEN + ANSWER_HEAD_LEN + f.length);
	sum += l.v6 ? put_ipv6(l.ip, udp_len) : put_ipv4(l.ip, udp_len);
	put_udp(l.udp, udp_len, sum);
	turn_ether(frame);
	return (struct answer_made){
		.len = (uint16_t)pad(frame, (size_t)(l.udp - frame) + udp_len, len),
		.has_frame = f.length != 0,
	};
}
