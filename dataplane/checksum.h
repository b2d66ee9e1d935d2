/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Internet checksums (RFC 1071, RFC 768, RFC 8200 section 8.1). Sums are taken in the byte order
 * of the machine, which changes nothing about whether they hold.
 */
#ifndef DATAPLANE_CHECKSUM_H
#define DATAPLANE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Adds len bytes to an unfolded sum; an odd last byte counts as if a zero followed. */
static inline uint64_t checksum_add(uint64_t sum, const uint8_t *p, size_t len)
{
	for (; len >= 4; p += 4, len -= 4) {
		uint32_t four;
		memcpy(&four, p, sizeof(four));
		sum += four;
	}
	if (len > 0) {
		uint32_t rest = 0;
		memcpy(&rest, p, len);
		sum += rest;
	}
	return sum;
}

static inline uint16_t checksum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

#endif
