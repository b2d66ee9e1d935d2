/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The frame that comes most often, from its Ethernet type to the number of its reactions, has the
 * same bytes wherever it matters: no VLAN tag, IPv4 without options, no fragment, UDP to our port,
 * lengths that fit one batch of one reaction without flags. With AVX-512 all of that is one load,
 * one comparison and one branch, where packet_parse() and counting_admit() need some forty
 * instructions. What is not so goes their way.
 */
#ifndef DATAPLANE_SINGLE_SHAPE_H
#define DATAPLANE_SINGLE_SHAPE_H

#include "dataplane/packet.h"
#include "wire/limits.h"
#include "wire/reaction.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
	SINGLE_PAYLOAD_LEN = WIRE_HEADER_LEN + 3,
	SINGLE_FRAME_LEN = PACKET_PLAIN_HEADERS + SINGLE_PAYLOAD_LEN, // without padding
};

struct single_shape {
	_Alignas(64) uint8_t bytes[64];
	uint8_t matters[64]; // bits that must be as in bytes
};

static inline void single_shape_byte(
	struct single_shape *s, unsigned at, uint8_t byte, uint8_t matters)
{
	s->bytes[at] = byte;
	s->matters[at] = matters;
}

static inline void single_shape_be16(struct single_shape *s, unsigned at, unsigned value)
{
	single_shape_byte(s, at, (uint8_t)(value >> 8), 0xff);
	single_shape_byte(s, at + 1, (uint8_t)value, 0xff);
}

static inline void single_shape_init(struct single_shape *s, uint16_t port)
{
	enum { IP = PACKET_ETHER_LEN, UDP = IP + PACKET_IPV4_LEN, PAYLOAD = UDP + PACKET_UDP_LEN };

	memset(s, 0, sizeof(*s));
	single_shape_be16(s, IP - 2, ETHERTYPE_IPV4);
	single_shape_byte(s, IP, 0x45, 0xff);
	single_shape_be16(s, IP + 2, SINGLE_FRAME_LEN - IP);
	single_shape_byte(s, IP + 6, 0, 0x3f); // more fragments; offset
	single_shape_byte(s, IP + 7, 0, 0xff);
	single_shape_byte(s, IP + 9, IPPROTO_UDP, 0xff);
	single_shape_be16(s, UDP + 2, port);
	single_shape_be16(s, UDP + 4, SINGLE_FRAME_LEN - UDP);
	single_shape_byte(s, PAYLOAD, REACTION_MAGIC, 0xff);
	single_shape_byte(s, PAYLOAD + 1, WIRE_VERSION << 4, 0xff);
	single_shape_byte(s, PAYLOAD + 4, 1, 0xff); // batches
	single_shape_byte(s, PAYLOAD + WIRE_HEADER_LEN, 1, 0xff);
}

/* May single_shape_fits() be called on this processor? */
static inline bool single_shape_supported(void)
{
	return __builtin_cpu_supports("avx512bw") != 0;
}

/* frame: SINGLE_FRAME_LEN bytes; nothing behind them is read. */
__attribute__((target("avx512f,avx512bw"), always_inline)) static inline bool single_shape_fits(
	const struct single_shape *s, const uint8_t *frame)
{
	const __mmask64 all = (1ull << SINGLE_FRAME_LEN) - 1;
	__m512i found = _mm512_maskz_loadu_epi8(all, frame);
	__m512i wrong = _mm512_xor_si512(found, _mm512_load_si512(s->bytes));

	return _mm512_test_epi8_mask(wrong, _mm512_load_si512(s->matters)) == 0;
}

#endif
