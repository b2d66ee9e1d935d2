/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/frames.h"

#include "dataplane/checksum.h"
#include "dataplane/packet.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <string.h>

enum { HEADERS = PACKET_ETHER_LEN + PACKET_IPV4_LEN + PACKET_UDP_LEN };

const struct frames_case frames_cases[] = {
	{"1 reaction", 1024, 1, 4096, false, false, NULL},
	{"1 reaction", 8192, 1, 4096, false, false, NULL},
	{"1 reaction", 65536, 1, 4096, false, false, NULL},
	{"1 reaction, 1 channel", 8192, 1, 1, false, false, NULL},
	{"1 reaction, sequenced", 8192, 1, 4096, true, false, NULL},
	{"1 reaction, UDP checksum", 8192, 1, 4096, false, true, NULL},
	{"4 reactions", 8192, 4, 4096, false, false, NULL},
	{"16 reactions", 8192, 16, 4096, false, false, NULL},
	{"text of 8 bytes", 8192, 0, 4096, false, false, "🔥👏"},
	{"text of 32 bytes", 8192, 0, 4096, false, false, "what a goal that was!!! 🔥👏"},
};
const unsigned frames_cases_n = sizeof(frames_cases) / sizeof(frames_cases[0]);

/* A fixed mixing of the frame's number, so that neighbours differ and every run is the same. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 31) * 0x9e3779b97f4a7c15;
	return x ^ x >> 29;
}

static size_t make_payload(const struct frames_case *c, unsigned i, uint8_t *out, size_t cap)
{
	struct reaction_datagram d = {
		.session = mix(i) >> 8 | 1,
		.sequence = c->sequenced ? 1 + i % 1000 : 0,
		.channel = (uint16_t)(mix(i + 7) % c->channels),
		.batches = 1,
		.flags = c->text != NULL ? REACTION_TEXT : 0,
	};
	size_t len = reaction_put_header(out, cap, &d);
	uint8_t pairs[2 * WIRE_PAIRS_MAX];

	if (c->text != NULL)
		return reaction_put_text(out, cap, len, c->text);
	for (unsigned j = 0; j < c->reactions; j++) {
		pairs[2 * j] = (uint8_t)((mix(i) + j) % 64);
		pairs[2 * j + 1] = (uint8_t)(1 + (i + j) % 3);
	}
	return reaction_put_batch(out, cap, len, pairs, c->reactions);
}

uint32_t frames_make(const struct frames_case *c, unsigned i, uint8_t *out, size_t cap)
{
	uint8_t *ip = out + PACKET_ETHER_LEN, *udp = ip + PACKET_IPV4_LEN;
	size_t len = cap > HEADERS ? make_payload(c, i, out + HEADERS, cap - HEADERS) : 0;

	if (len == 0)
		return 0;
	memset(out, 0, HEADERS);
	store_be16(out + 12, ETHERTYPE_IPV4);
	ip[0] = 0x45;
	store_be16(ip + 2, (uint16_t)(PACKET_IPV4_LEN + PACKET_UDP_LEN + len));
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	store_be32(ip + 12, 0x0a000000 | (i & 0xffffff));
	store_be32(ip + 16, 0x0a010203);
	uint16_t sum = (uint16_t)~checksum_fold(checksum_add(0, ip, PACKET_IPV4_LEN));
	memcpy(ip + 10, &sum, sizeof(sum));
	store_be16(udp, (uint16_t)(1024 + i % 60000));
	store_be16(udp + 2, WIRE_PORT_REACTIONS);
	store_be16(udp + 4, (uint16_t)(PACKET_UDP_LEN + len));
	uint64_t pseudo =
		checksum_add(0, ip + 12, 8) + htobe16(IPPROTO_UDP) + htobe16((uint16_t)(8 + len));
	sum = (uint16_t)~checksum_fold(checksum_add(pseudo, udp, PACKET_UDP_LEN + len));
	sum = sum != 0 ? sum : 0xffff;
	memcpy(udp + 6, &sum, sizeof(sum));
	/* Ethernet pads to 60 bytes (64 with its own checksum). */
	if (HEADERS + len < 60)
		memset(out + HEADERS + len, 0, 60 - HEADERS - len);
	return (uint32_t)(HEADERS + len < 60 ? 60 : HEADERS + len);
}
