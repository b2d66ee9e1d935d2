/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_cuts.h"

#include <string.h>

static void add_first(struct text_cuts *c, uint8_t byte)
{
	c->first[byte >> 7][byte & 15] |= (uint8_t)(1u << (byte >> 4 & 7));
}

static bool may_begin(const struct text_cuts *c, uint8_t byte)
{
	return (c->first[byte >> 7][byte & 15] >> (byte >> 4 & 7) & 1) != 0;
}

static void join(struct text_cuts *c, uint8_t first, uint8_t second)
{
	unsigned at = first * 256u + second;

	c->joined[at / 64] |= 1ull << at % 64;
}

static void add_inside(struct text_cuts *c, const char *bytes, size_t len)
{
	for (size_t i = 1; i < len; i++)
		join(c, (uint8_t)bytes[i - 1], (uint8_t)bytes[i]);
}

void text_cuts_add_literal(struct text_cuts *c, const char *bytes, size_t len)
{
	add_first(c, (uint8_t)bytes[0]);
	add_inside(c, bytes, len);
}

/* The forms of a letter in a text. */
struct forms {
	unsigned n;
	char bytes[3][4];
};

static struct forms forms_of(struct stretched_run run)
{
	struct forms f = {.n = 1, .bytes = {{(char)run.letter}}};

	if (run.case_bit != 0)
		f.bytes[f.n++][0] = (char)(run.letter & ~run.case_bit);
	if (run.letter == 's')
		strcpy(f.bytes[f.n++], "\xc5\xbf"); // U+017F
	if (run.letter == 'k')
		strcpy(f.bytes[f.n++], "\xe2\x84\xaa"); // U+212A
	return f;
}

static void join_forms(struct text_cuts *c, const struct forms *left, const struct forms *right)
{
	for (unsigned i = 0; i < left->n; i++) {
		const char *bytes = left->bytes[i];

		for (unsigned j = 0; j < right->n; j++)
			join(c, (uint8_t)bytes[strlen(bytes) - 1], (uint8_t)right->bytes[j][0]);
	}
}

void text_cuts_add_word(struct text_cuts *c, const struct stretched_word *word)
{
	for (unsigned i = 0; i < word->n; i++) {
		const struct forms forms = forms_of(word->runs[i]);

		for (unsigned j = 0; j < forms.n; j++) {
			if (i == 0)
				add_first(c, (uint8_t)forms.bytes[j][0]);
			add_inside(c, forms.bytes[j], strlen(forms.bytes[j]));
		}
		if (word->runs[i].least > 1)
			join_forms(c, &forms, &forms);
		if (i + 1 < word->n) {
			const struct forms next = forms_of(word->runs[i + 1]);
			join_forms(c, &forms, &next);
		}
	}
}

void text_cuts_begins_one_by_one(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS])
{
	memset(begins, 0, (len + 63) / 64 * sizeof(*begins));
	for (size_t i = 0; i < len; i++)
		begins[i / 64] |= (uint64_t)may_begin(c, text[i]) << i % 64;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw,bmi2")))

/* By the lower half of each byte a row of bits, by the upper half the bit in it. */
WIDE static void begins_64_by_64(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS])
{
	const __m128i bits = _mm_set1_epi64x((long long)0x8040201008040201);
	const __m512i bit = _mm512_broadcast_i32x4(bits), half = _mm512_set1_epi8(0x0f);
	const __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)c->first[0]));
	const __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)c->first[1]));

	for (size_t at = 0; at < len; at += 64) {
		size_t left = len - at;
		uint64_t there = _bzhi_u64(~0ull, left < 64 ? (unsigned)left : 64);
		__m512i now = _mm512_maskz_loadu_epi8(there, text + at);
		__m512i lower = _mm512_and_si512(now, half);
		__m512i row = _mm512_mask_blend_epi8(_mm512_movepi8_mask(now),
			_mm512_shuffle_epi8(low, lower), _mm512_shuffle_epi8(high, lower));
		__m512i upper = _mm512_and_si512(_mm512_srli_epi16(now, 4), half);

		begins[at / 64] =
			_mm512_test_epi8_mask(row, _mm512_shuffle_epi8(bit, upper)) & there;
	}
}

void text_cuts_begins(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS])
{
	if (__builtin_cpu_supports("avx512bw"))
		begins_64_by_64(c, text, len, begins);
	else
		text_cuts_begins_one_by_one(c, text, len, begins);
}
#else
void text_cuts_begins(
	const struct text_cuts *c, const uint8_t *text, size_t len, uint64_t begins[TEXT_WORDS])
{
	text_cuts_begins_one_by_one(c, text, len, begins);
}
#endif
