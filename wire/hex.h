/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Bytes as a person writes them: two hexadecimal digits each. */
#ifndef WIRE_HEX_H
#define WIRE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* len digits that are exactly n bytes. 0, or -EINVAL. */
int hex_parse(const char *text, size_t len, uint8_t *out, size_t n);

/* 2 * n digits in lower case and the closing zero. Returns out. */
const char *hex_write(const uint8_t *bytes, size_t n, char *out);

#endif
