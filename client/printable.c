/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/printable.h"

#include "wire/utf8.h"

bool printable(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + len;
	uint32_t c;

	while (at < end) {
		size_t n = utf8_decode(at, (size_t)(end - at), &c);
		bool bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
			bidi)
			return false;
		at += n;
	}
	return true;
}
