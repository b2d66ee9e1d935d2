/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/utf8.h"

static bool continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/* The second byte narrows what the first allows (table 3-7); the others are any continuation. */
static bool second_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf; // no overlong form
	case 0xed:
		return second >= 0x80 && second <= 0x9f; // no surrogate
	case 0xf0:
		return second >= 0x90 && second <= 0xbf; // no overlong form
	case 0xf4:
		return second >= 0x80 && second <= 0x8f; // not above U+10FFFF
	default:
		return continuation(second);
	}
}

static size_t length_of(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_decode(const uint8_t *text, size_t len, uint32_t *code_point)
{
	size_t n = len == 0 ? 0 : length_of(text[0]);

	if (n == 0 || n > len)
		return 0;
	if (n > 1 && !second_fits(text[0], text[1]))
		return 0;
	uint32_t value = n == 1 ? text[0] : text[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if (!continuation(text[i]))
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	*code_point = value;
	return n;
}

bool utf8_begins(const uint8_t *text, size_t len)
{
	size_t n = length_of(text[0]);

	if (len >= n || (len > 1 && !second_fits(text[0], text[1])))
		return false;
	return len < 3 || continuation(text[2]);
}
