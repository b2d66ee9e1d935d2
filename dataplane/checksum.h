/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Internet checksums (RFC 1071, RFC 768, RFC 8200 section 8.1). Sums are taken in the byte order
 * of the machine, which changes nothing about whether they hold. For x86-64: little-endian, SSE2.
 */
#ifndef DATAPLANE_CHECKSUM_H
#define DATAPLANE_CHECKSUM_H

#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One 64-bit word as the sum of its halves, which needs no carries. */
static inline uint64_t checksum_halves(uint64_t word)
{
	return (word & 0xffffffff) + (word >> 32);
}

/*
 * The last len < 8 bytes of an area of all bytes, as the low bytes of a word. Read as the end of
 * the last 8 where there are so many, so that no branch depends on the length.
 */
static inline uint64_t checksum_rest(const uint8_t *p, size_t len, size_t all)
{
	uint64_t word = 0;

	if (len == 0)
		return 0;
	if (all >= 8) {
		memcpy(&word, p + len - 8, sizeof(word));
		return word >> 8 * (8 - len);
	}
	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)p[i] << 8 * i;
	return word;
}

/* 32 bytes a step: each 32-bit word is widened and added to a 64-bit lane of its own. */
static inline uint64_t checksum_add_blocks(const uint8_t *p, size_t blocks)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i low = zero, high = zero;

	for (; blocks > 0; p += 32, blocks--) {
		__m128i a = _mm_loadu_si128((const __m128i *)p);
		__m128i b = _mm_loadu_si128((const __m128i *)(p + 16));

		low = _mm_add_epi64(low, _mm_unpacklo_epi32(a, zero));
		high = _mm_add_epi64(high, _mm_unpackhi_epi32(a, zero));
		low = _mm_add_epi64(low, _mm_unpacklo_epi32(b, zero));
		high = _mm_add_epi64(high, _mm_unpackhi_epi32(b, zero));
	}
	low = _mm_add_epi64(low, high);
	return (uint64_t)_mm_cvtsi128_si64(low) +
	       (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(low, low));
}

/*
 * Adds len bytes to an unfolded sum; an odd last byte counts as if a zero followed. The sum grows
 * by less than 2^32 for each 4 bytes, so it holds gigabytes. SSE2 is part of x86-64; wider vectors
 * gain nothing up to 128 bytes, and most reactions are shorter.
 */
static inline uint64_t checksum_add(uint64_t sum, const uint8_t *p, size_t len)
{
	size_t left = len;

	if (left >= 32) {
		sum += checksum_add_blocks(p, left / 32);
		p += left / 32 * 32;
		left %= 32;
	}
	for (; left >= 8; p += 8, left -= 8) {
		uint64_t word;

		memcpy(&word, p, sizeof(word));
		sum += checksum_halves(word);
	}
	return sum + checksum_halves(checksum_rest(p, left, len));
}

static inline uint16_t checksum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

#endif
