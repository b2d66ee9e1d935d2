/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * AES-128-CMAC (RFC 4493) of messages of exactly one block, with the processor's AES instructions:
 * their time depends on neither key nor message, and one block costs ten of them.
 *
 * Of a message M of one whole block the CMAC is AES(K, M xor K1). AES begins by adding its first
 * round key to its input, so the subkey K1 is added to that once and for all when the key is
 * expanded (FIPS 197, 5.2), and a MAC is nothing but an encryption.
 *
 * Only functions that are compiled for AES themselves may use this, and only once
 * ticket_supported() has said that the processor can.
 */
#ifndef DATAPLANE_AES_CMAC_H
#define DATAPLANE_AES_CMAC_H

#include <stdint.h>
#include <wmmintrin.h>

#define AES_CMAC __attribute__((target("aes,sse2")))

enum { AES_ROUNDS = 10 };

struct aes_cmac_key {
	__m128i round[AES_ROUNDS + 1]; // the first with K1 in it
};

AES_CMAC static inline __m128i aes_encrypt(const __m128i round[AES_ROUNDS + 1], __m128i block)
{
	block = _mm_xor_si128(block, round[0]);
	for (unsigned i = 1; i < AES_ROUNDS; i++)
		block = _mm_aesenc_si128(block, round[i]);
	return _mm_aesenclast_si128(block, round[AES_ROUNDS]);
}

AES_CMAC static inline __m128i aes_cmac(const struct aes_cmac_key *key, __m128i message)
{
	return aes_encrypt(key->round, message);
}

/* The instruction's round constant is part of it, hence a macro. */
#define AES_NEXT_ROUND(key, constant) aes_next_round(key, _mm_aeskeygenassist_si128(key, constant))

AES_CMAC static inline __m128i aes_next_round(__m128i key, __m128i assist)
{
	assist = _mm_shuffle_epi32(assist, 0xff);
	key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
	key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
	return _mm_xor_si128(key, assist);
}

AES_CMAC static inline void aes_expand(__m128i round[AES_ROUNDS + 1], __m128i key)
{
	round[0] = key;
	round[1] = AES_NEXT_ROUND(round[0], 0x01);
	round[2] = AES_NEXT_ROUND(round[1], 0x02);
	round[3] = AES_NEXT_ROUND(round[2], 0x04);
	round[4] = AES_NEXT_ROUND(round[3], 0x08);
	round[5] = AES_NEXT_ROUND(round[4], 0x10);
	round[6] = AES_NEXT_ROUND(round[5], 0x20);
	round[7] = AES_NEXT_ROUND(round[6], 0x40);
	round[8] = AES_NEXT_ROUND(round[7], 0x80);
	round[9] = AES_NEXT_ROUND(round[8], 0x1b);
	round[10] = AES_NEXT_ROUND(round[9], 0x36);
}

/* RFC 4493, 2.3: twice the number in GF(2^128), highest byte first. */
AES_CMAC static inline __m128i aes_cmac_double(__m128i number)
{
	uint8_t bytes[16];
	unsigned carry;

	_mm_storeu_si128((__m128i *)bytes, number);
	carry = bytes[0] >> 7;
	for (unsigned i = 0; i < 15; i++)
		bytes[i] = (uint8_t)(bytes[i] << 1 | bytes[i + 1] >> 7);
	bytes[15] = (uint8_t)(bytes[15] << 1 ^ 0x87 * carry);
	return _mm_loadu_si128((const __m128i *)bytes);
}

AES_CMAC static inline void aes_cmac_expand(struct aes_cmac_key *out, const uint8_t key[16])
{
	aes_expand(out->round, _mm_loadu_si128((const __m128i *)key));
	__m128i k1 = aes_cmac_double(aes_encrypt(out->round, _mm_setzero_si128()));
	out->round[0] = _mm_xor_si128(out->round[0], k1);
}

#endif
