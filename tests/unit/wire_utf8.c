/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * UTF-8 against a decoder that is written the other way round: it knows the encoder, and takes
 * what the encoder would have written and nothing else.
 */

#include "seeded_random.h"
#include "wire/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static size_t encode(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 + c / 64);
		out[1] = (uint8_t)(0x80 + c % 64);
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 + c / 4096);
		out[1] = (uint8_t)(0x80 + c / 64 % 64);
		out[2] = (uint8_t)(0x80 + c % 64);
		return 3;
	}
	out[0] = (uint8_t)(0xf0 + c / 262144);
	out[1] = (uint8_t)(0x80 + c / 4096 % 64);
	out[2] = (uint8_t)(0x80 + c / 64 % 64);
	out[3] = (uint8_t)(0x80 + c % 64);
	return 4;
}

static bool is_scalar_value(uint32_t c)
{
	return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

/* The bits of a sequence of n bytes, put together without a check. */
static uint32_t bits(const uint8_t *text, size_t n)
{
	static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = text[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (text[i] & 0x3f);
	return c;
}

static size_t plain(const uint8_t *text, size_t len, uint32_t *c)
{
	for (size_t n = 1; n <= 4 && n <= len; n++) {
		uint8_t again[4];
		uint32_t value = bits(text, n);

		if (is_scalar_value(value) && encode(value, again) == n &&
			memcmp(again, text, n) == 0) {
			*c = value;
			return n;
		}
	}
	return 0;
}

static void compare(const uint8_t *text, size_t len)
{
	uint32_t expected = 0, got = 0;
	size_t n = plain(text, len, &expected);

	cr_assert_eq(utf8_decode(text, len, &got), n, "%02x %02x %02x %02x, %zu bytes", text[0],
		text[1], text[2], text[3], len);
	cr_assert_eq(got, expected);
	cr_assert(n == 0 || utf8_may_begin(text[0]), "%02x begins a character", text[0]);
}

Test(wire_utf8, every_code_point_is_read_back)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint8_t text[4];
		uint32_t got = 0;
		size_t n = encode(c, text);

		cr_assert_eq(utf8_decode(text, n, &got), is_scalar_value(c) ? n : 0, "U+%04X", c);
		cr_assert(!is_scalar_value(c) || got == c, "U+%04X", c);
	}
}

Test(wire_utf8, all_bytes_at_the_borders_agree_with_a_plain_decoder)
{
	static const uint8_t borders[] = {
		0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};

	for (unsigned first = 0; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			for (unsigned i = 0; i < sizeof(borders) * sizeof(borders); i++) {
				uint8_t text[4] = {(uint8_t)first, (uint8_t)second,
					borders[i / sizeof(borders)], borders[i % sizeof(borders)]};

				for (size_t len = 1; len <= 4; len++)
					compare(text, len);
			}
		}
	}
}

static bool plain_valid(const uint8_t *text, size_t len)
{
	uint32_t c;

	for (size_t at = 0, n; at < len; at += n) {
		n = plain(text + at, len - at, &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* Also where the run of ASCII ends, at each place within eight bytes, and in memory that ends. */
Test(wire_utf8, whole_texts_agree_with_a_plain_decoder)
{
	struct seeded_random r = seeded_random_new("wire_utf8");
	unsigned valid = 0, rounds = 300000;

	for (unsigned i = 0; i < rounds; i++) {
		uint8_t text[64 + 4], *exact;
		size_t len = 0, want = random_below(&r, 64);

		while (len < want)
			len += encode(random_below(&r, 3) ? random_below(&r, 0x80)
							  : random_below(&r, 0x110000),
				text + len);
		if (random_below(&r, 2) == 0 && len > 0)
			text[random_below(&r, (unsigned)len)] = (uint8_t)random_next(&r);
		if (random_below(&r, 4) == 0 && len > 0)
			len--;
		exact = malloc(len > 0 ? len : 1);
		memcpy(exact, text, len);
		bool expected = plain_valid(exact, len);
		cr_assert_eq(utf8_valid(exact, len), expected);
		valid += expected;
		free(exact);
	}
	cr_expect(valid > rounds / 10 && valid < rounds * 9 / 10, "%u of %u were valid", valid,
		rounds);
}

Test(wire_utf8, nothing_is_no_character_but_a_valid_text)
{
	uint32_t c;

	cr_expect_eq(utf8_decode((const uint8_t *)"x", 0, &c), 0);
	cr_expect(utf8_valid((const uint8_t *)"x", 0));
}
