/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Big-endian loads and stores at unaligned addresses. The caller has checked that the bytes are
 * there; each compiles to one move and one byte swap.
 */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t load_be16(const uint8_t *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline uint32_t load_be32(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline uint64_t load_be64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

/* A session: 7 bytes, so never more than 2^56 - 1. */
static inline uint64_t load_be56(const uint8_t *p)
{
	return (uint64_t)load_be32(p) << 24 | (uint64_t)load_be16(p + 4) << 8 | p[6];
}

static inline void store_be16(uint8_t *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_be32(uint8_t *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_be64(uint8_t *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_be56(uint8_t *p, uint64_t v)
{
	store_be32(p, (uint32_t)(v >> 24));
	store_be16(p + 4, (uint16_t)(v >> 8));
	p[6] = (uint8_t)v;
}

#endif
