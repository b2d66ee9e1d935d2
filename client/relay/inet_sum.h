/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The Internet checksum (RFC 1071), plainly. */
#ifndef CLIENT_RELAY_INET_SUM_H
#define CLIENT_RELAY_INET_SUM_H

#include "wire/bytes.h"

#include <stddef.h>

/* Adds bytes to a ones' complement sum; an odd last byte is followed by a zero. */
static inline uint32_t inet_sum(uint32_t so_far, const uint8_t *bytes, size_t len)
{
	for (; len > 1; len -= 2, bytes += 2)
		so_far += load_be16(bytes);
	return len == 1 ? so_far + ((uint32_t)bytes[0] << 8) : so_far;
}

static inline uint16_t inet_fold(uint32_t s)
{
	while (s >> 16 != 0)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

#endif
