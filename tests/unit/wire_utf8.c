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
#include <sys/mman.h>
#include <unistd.h>

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

static bool valid(const uint8_t *text, size_t len)
{
	bool wide = utf8_valid(text, len);

	cr_assert_eq(utf8_valid_one_by_one(text, len), wide, "%zu bytes", len);
	return wide;
}

/* Characters of all lengths; mostly ASCII, or never. */
static size_t random_text(struct seeded_random *r, uint8_t *text, size_t want)
{
	unsigned ascii = random_below(r, 4);
	size_t len = 0;

	while (len < want) {
		static const unsigned limits[] = {0x80, 0x800, 0x10000, 0x110000};
		unsigned limit = random_below(r, 4) < ascii ? 0x80 : limits[random_below(r, 4)];
		unsigned c = random_below(r, limit);

		if (is_scalar_value(c) || random_below(r, 200) == 0)
			len += encode(c, text + len);
	}
	return len;
}

/* In memory that ends with the text, and across the borders of 64 bytes. */
Test(wire_utf8, whole_texts_agree_with_a_plain_decoder)
{
	struct seeded_random r = seeded_random_new("wire_utf8");
	unsigned n_valid = 0, rounds = 300000;

	for (unsigned i = 0; i < rounds; i++) {
		uint8_t text[200 + 4], *exact;
		size_t len =
			random_text(&r, text, random_below(&r, random_below(&r, 2) ? 64 : 200));

		if (random_below(&r, 2) == 0 && len > 0)
			text[random_below(&r, (unsigned)len)] = (uint8_t)random_next(&r);
		if (random_below(&r, 4) == 0 && len > 0)
			len--;
		exact = malloc(len > 0 ? len : 1);
		memcpy(exact, text, len);
		bool expected = plain_valid(exact, len);
		cr_assert_eq(valid(exact, len), expected, "%zu bytes", len);
		n_valid += expected;
		free(exact);
	}
	cr_expect(n_valid > rounds / 10 && n_valid < rounds * 9 / 10, "%u of %u were valid",
		n_valid, rounds);
}

/* All pairs of bytes, and what may come third and fourth, at each place around a border. */
Test(wire_utf8, a_character_is_checked_wherever_it_stands)
{
	static const uint8_t borders[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2};
	enum { BORDERS = sizeof(borders) };
	uint8_t text[72];

	for (unsigned i = 0; i < 256 * 256 * BORDERS * BORDERS; i++) {
		const uint8_t c[4] = {(uint8_t)(i >> 8), (uint8_t)i, borders[i / 65536 % BORDERS],
			borders[i / 65536 / BORDERS]};
		unsigned at = 59 + i % 7;

		memset(text, 'x', sizeof(text));
		memcpy(text + at, c, sizeof(c));
		bool expected = plain_valid(text + at, sizeof(c));
		cr_assert_eq(valid(text, at + sizeof(c)), expected, "%02x %02x %02x %02x at %u",
			c[0], c[1], c[2], c[3], at);
		cr_assert_eq(valid(text, sizeof(text)), plain_valid(text + at, sizeof(text) - at));
	}
}

/* An end of memory behind and before the text: what is not of it is not read. */
Test(wire_utf8, nothing_outside_the_text_is_read)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *pages = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert_neq(pages, MAP_FAILED);
	uint8_t *middle = pages + page;
	cr_assert_eq(mprotect(middle, page, PROT_READ | PROT_WRITE), 0);
	memset(middle, 'x', page);
	for (size_t len = 0; len <= 200; len++) {
		cr_expect(valid(middle, len), "%zu", len);
		cr_expect(valid(middle + page - len, len), "%zu", len);
	}
	munmap(pages, 3 * page);
}

Test(wire_utf8, nothing_is_no_character_but_a_valid_text)
{
	uint32_t c;

	cr_expect_eq(utf8_decode((const uint8_t *)"x", 0, &c), 0);
	cr_expect(utf8_valid((const uint8_t *)"x", 0));
}

/* Every beginning of every code point, and nothing else. */
Test(wire_utf8, what_begins_a_code_point_is_known)
{
	static bool begins[3][1 << 24]; // by length - 1
	uint8_t text[4];
	uint32_t code_point;

	for (uint32_t value = 0x80; value < 0x110000; value++) {
		size_t n = 0;

		if (value >= 0xd800 && value < 0xe000)
			continue;
		if (value < 0x800) {
			text[n++] = (uint8_t)(0xc0 | value >> 6);
		} else if (value < 0x10000) {
			text[n++] = (uint8_t)(0xe0 | value >> 12);
			text[n++] = (uint8_t)(0x80 | (value >> 6 & 0x3f));
		} else {
			text[n++] = (uint8_t)(0xf0 | value >> 18);
			text[n++] = (uint8_t)(0x80 | (value >> 12 & 0x3f));
			text[n++] = (uint8_t)(0x80 | (value >> 6 & 0x3f));
		}
		text[n] = (uint8_t)(0x80 | (value & 0x3f));
		cr_assert_eq(utf8_decode(text, n + 1, &code_point), n + 1);
		cr_assert(!utf8_begins(text, n + 1));
		for (size_t len = 1, key = 0; len <= n; len++) {
			key = key << 8 | text[len - 1];
			begins[len - 1][key] = true;
		}
	}
	for (uint32_t key = 0; key < 1 << 24; key += key < 1 << 16 ? 1 : 7) {
		const uint8_t bytes[] = {(uint8_t)(key >> 16), (uint8_t)(key >> 8), (uint8_t)key};

		cr_assert_eq(utf8_begins(bytes, 3), begins[2][key], "%06x", key);
		if (key < 1 << 16)
			cr_assert_eq(utf8_begins(bytes + 1, 2), begins[1][key], "%04x", key);
		if (key < 1 << 8)
			cr_assert_eq(utf8_begins(bytes + 2, 1), begins[0][key], "%02x", key);
	}
}
