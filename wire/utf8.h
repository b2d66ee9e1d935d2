/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Well-formed UTF-8 as The Unicode Standard defines it (table 3-7): no overlong forms, no
 * surrogates, nothing above U+10FFFF.
 */
#ifndef WIRE_UTF8_H
#define WIRE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const uint8_t *text, size_t len);

/* The same on any processor. */
bool utf8_valid_one_by_one(const uint8_t *text, size_t len);

/* May this byte begin well-formed UTF-8? (A continuation byte, C0, C1 and F5 to FF may not.) */
static inline bool utf8_may_begin(uint8_t byte)
{
	return byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4);
}

/*
 * Decodes the code point at text into *code_point and returns its length in bytes, or 0 if there
 * is no well-formed one within len bytes.
 */
size_t utf8_decode(const uint8_t *text, size_t len, uint32_t *code_point);

/* Can more bytes make these a code point? len: 1 or more; false if they are one already. */
bool utf8_begins(const uint8_t *text, size_t len);

#endif
