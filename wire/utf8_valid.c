/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Whole texts: 64 bytes at a time where the processor has AVX-512, else by runs of ASCII and one
 * character after the other.
 */

#include "wire/utf8.h"

#include <string.h>

bool utf8_valid_one_by_one(const uint8_t *text, size_t len)
{
	while (len > 0) {
		uint64_t eight;
		uint32_t code_point;

		if (len >= sizeof(eight)) { // runs of ASCII, eight bytes at a time
			memcpy(&eight, text, sizeof(eight));
			if ((eight & 0x8080808080808080) == 0) {
				text += sizeof(eight);
				len -= sizeof(eight);
				continue;
			}
		}
		size_t n = utf8_decode(text, len, &code_point);
		if (n == 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

#if defined(__x86_64__)
#include <immintrin.h>

/*
 * John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte" (2020):
 * what can be wrong with a byte after another is a bit, and three tables of 16, for the halves of
 * the first byte and the upper half of the second, say which of it their halves allow. What all
 * three allow is an error; but for TWO_CONTINUATIONS, which is right behind a byte that announces
 * three or four.
 */
enum {
	TOO_SHORT = 1 << 0,      // a lead without a continuation
	TOO_LONG = 1 << 1,       // ASCII and a continuation
	OVERLONG_3 = 1 << 2,     // E0 80..9F
	TOO_LARGE = 1 << 3,      // F4 90..BF, F5..FF
	SURROGATE = 1 << 4,      // ED A0..BF
	OVERLONG_2 = 1 << 5,     // C0, C1
	TOO_LARGE_1000 = 1 << 6, // F5..FF 80..8F
	OVERLONG_4 = 1 << 6,     // F0 80..8F
	TWO_CONTINUATIONS = 1 << 7,
	CARRY = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS, // do not depend on the lower half
};

typedef uint8_t table[16] __attribute__((aligned(16)));

static const table first_high = {
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TOO_LONG,
	TWO_CONTINUATIONS,
	TWO_CONTINUATIONS,
	TWO_CONTINUATIONS,
	TWO_CONTINUATIONS,
	TOO_SHORT | OVERLONG_2,
	TOO_SHORT,
	TOO_SHORT | OVERLONG_3 | SURROGATE,
	TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
};
static const table first_low = {
	CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
	CARRY | OVERLONG_2,
	CARRY,
	CARRY,
	CARRY | TOO_LARGE,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
	CARRY | TOO_LARGE | TOO_LARGE_1000,
};
static const table second_high = {
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
	TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
	TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
	TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
	TOO_SHORT,
};

#define WIDE __attribute__((target("avx512f,avx512bw,bmi2"), always_inline)) static inline

/* Bytes from..from+63 of the text; zeros, and no access, where it has none. */
WIDE __m512i load(const uint8_t *text, size_t len, ptrdiff_t from)
{
	uint64_t there = _bzhi_u64(~0ull, len - from < 64 ? (unsigned)(len - from) : 64);

	if (from < 0)
		there &= ~0ull << -from;
	return _mm512_maskz_loadu_epi8(there, (const void *)((uintptr_t)text + (uintptr_t)from));
}

WIDE __m512i look_up(const table t, __m512i nibbles)
{
	__m512i wide = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)t));

	return _mm512_shuffle_epi8(wide, nibbles);
}

/* The byte at len is looked at too, as a zero: so a text that ends too early is seen. */
__attribute__((target("avx512f,avx512bw,bmi2"))) static bool valid_64_by_64(
	const uint8_t *text, size_t len)
{
	const __m512i low = _mm512_set1_epi8(0x0f);
	__mmask64 wrong = 0;

	for (size_t at = 0; at <= len; at += 64) {
		ptrdiff_t from = (ptrdiff_t)at;
		__m512i now = load(text, len, from), before = load(text, len, from - 1);

		if (_mm512_movepi8_mask(_mm512_or_si512(now, before)) == 0)
			continue; // ASCII
		__m512i before2 = load(text, len, from - 2), before3 = load(text, len, from - 3);
		__m512i pairs = _mm512_and_si512(
			_mm512_and_si512(
				look_up(first_high,
					_mm512_and_si512(_mm512_srli_epi16(before, 4), low)),
				look_up(first_low, _mm512_and_si512(before, low))),
			look_up(second_high, _mm512_and_si512(_mm512_srli_epi16(now, 4), low)));
		__mmask64 wanted = _mm512_cmpge_epu8_mask(before2, _mm512_set1_epi8((char)0xe0)) |
				   _mm512_cmpge_epu8_mask(before3, _mm512_set1_epi8((char)0xf0));
		/* The bit is an error where it was not wanted, and missing where it was. */
		wrong |= _mm512_movepi8_mask(pairs) ^ wanted;
		wrong |= _mm512_test_epi8_mask(pairs, _mm512_set1_epi8(0x7f));
	}
	return wrong == 0;
}

bool utf8_valid(const uint8_t *text, size_t len)
{
	if (__builtin_cpu_supports("avx512bw"))
		return valid_64_by_64(text, len);
	return utf8_valid_one_by_one(text, len);
}
#else
bool utf8_valid(const uint8_t *text, size_t len)
{
	return utf8_valid_one_by_one(text, len);
}
#endif
