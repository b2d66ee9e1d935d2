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
	IPV4_HOPS = 64, // RFC 1700's default, also for IPv6
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

/* Channel, session and sequence are where they were. */
static struct board_frame put_payload(const struct layers *l, const struct answer_facts *facts)
{
	uint8_t *p = l->payload;
	bool asked = (p[1] & REACTION_FRAME) != 0 && facts->slot != NULL;
	struct board_frame f = {0};

	if (asked)
		f = board_read(
			facts->slot, p + ANSWER_HEAD_LEN, (size_t)l->payload_len - ANSWER_HEAD_LEN);
	p[0] = ANSWER_MAGIC;
	p[ANSWER_AT_STATUS] =
		(uint8_t)(WIRE_VERSION << 4 | facts->status | (f.too_long ? ANSWER_TOO_SHORT : 0));
	p[ANSWER_AT_PACE] = facts->pace;
	if (facts->status == ANSWER_NOTHING)
		store_be32(p + ANSWER_AT_SEQUENCE, facts->sequence);
	return f;
}

static inline void swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t kept[16];

	memcpy(kept, a, len);
	memcpy(a, b, len);
	memcpy(b, kept, len);
}

static inline void put_sum(uint8_t *at, uint64_t sum)
{
	uint16_t check = (uint16_t)~checksum_fold(sum);

	memcpy(at, &check, sizeof(check));
}

/* Don't fragment, so that the identification may be 0 (RFC 6864). */
static void put_ipv4(uint8_t *h, uint16_t udp_len)
{
	h[1] = 0;
	store_be16(h + 2, (uint16_t)(PACKET_IPV4_LEN + udp_len));
	store_be32(h + 4, IPV4_DONT_FRAGMENT);
	h[8] = IPV4_HOPS;
	store_be16(h + 10, 0);
	swap(h + 12, h + 16, 4);
	put_sum(h + 10, checksum_add(0, h, PACKET_IPV4_LEN));
}

static void put_ipv6(uint8_t *h, uint16_t udp_len)
{
	store_be32(h, 6u << 28);
	store_be16(h + 4, udp_len);
	h[7] = IPV4_HOPS;
	swap(h + 8, h + 24, 16);
}

/* The board knows the sum of the sentiment frame, which begins at an even place. */
static void put_udp(const struct layers *l, uint16_t udp_len, uint16_t frame_sum)
{
	uint8_t *h = l->udp;
	uint64_t sum = (l->v6 ? checksum_add(0, l->ip + 8, 32) : checksum_add(0, l->ip + 12, 8)) +
		       htobe16(udp_len) + htobe16(IPPROTO_UDP) + frame_sum;

	swap(h, h + 2, 2);
	store_be16(h + 4, udp_len);
	store_be16(h + 6, 0);
	put_sum(h + 6, checksum_add(sum, h, PACKET_UDP_LEN + ANSWER_HEAD_LEN));
	if (h[6] == 0 && h[7] == 0) // which would say that there is none
		store_be16(h + 6, 0xffff);
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
	struct board_frame f = put_payload(&l, facts);
	uint16_t udp_len = (uint16_t)(PACKET_UDP_LEN + ANSWER_HEAD_LEN + f.length);
	if (l.v6)
		put_ipv6(l.ip, udp_len);
	else
		put_ipv4(l.ip, udp_len);
	put_udp(&l, udp_len, f.length != 0 ? f.sum : 0);
	swap(frame, frame + ETHER_ADDRESS, ETHER_ADDRESS);
	return (struct answer_made){
		.len = (uint16_t)pad(frame, (size_t)(l.udp - frame) + udp_len, len),
		.has_frame = f.length != 0,
	};
}
