/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/hex.h"

#include <errno.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/* Of a digit in either case, or -1. */
static int value_of(char c)
{
	const char *at = NULL;

	if (c >= 'A' && c <= 'F')
		c += 'a' - 'A';
	if (c != '\0')
		at = strchr(digits, c);
	return at != NULL ? (int)(at - digits) : -1;
}

int hex_parse(const char *text, size_t len, uint8_t *out, size_t n)
{
	if (len != 2 * n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

const char *hex_write(const uint8_t *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}
