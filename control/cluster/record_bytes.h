/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Cursors over the bytes of a record. What is not there makes the reader fail; what is read from
 * then on is zero. So a decoder may read on and look once, at the end. The writer's room is its
 * caller's promise.
 */
#ifndef CONTROL_CLUSTER_RECORD_BYTES_H
#define CONTROL_CLUSTER_RECORD_BYTES_H

#include "wire/bytes.h"

#include <stdbool.h>
#include <stddef.h>

struct record_reader {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static inline struct record_reader record_reader(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	// A record without a value has no address either.
	return (struct record_reader){.at = at, .end = len > 0 ? at + len : at};
}

/* The next n bytes, or NULL. */
static inline const uint8_t *record_read(struct record_reader *r, size_t n)
{
	const uint8_t *at = r->at;

	if (r->failed || (size_t)(r->end - at) < n || n == 0) {
		r->failed = r->failed || n > 0;
		return NULL;
	}
	r->at += n;
	return at;
}

static inline uint8_t record_read_8(struct record_reader *r)
{
	const uint8_t *at = record_read(r, 1);

	return at == NULL ? 0 : *at;
}

static inline uint16_t record_read_16(struct record_reader *r)
{
	const uint8_t *at = record_read(r, 2);

	return at == NULL ? 0 : load_be16(at);
}

static inline uint32_t record_read_32(struct record_reader *r)
{
	const uint8_t *at = record_read(r, 4);

	return at == NULL ? 0 : load_be32(at);
}

static inline uint64_t record_read_64(struct record_reader *r)
{
	const uint8_t *at = record_read(r, 8);

	return at == NULL ? 0 : load_be64(at);
}

/* All was there, and nothing is left over. */
static inline bool record_read_whole(const struct record_reader *r)
{
	return !r->failed && r->at == r->end;
}

static inline void record_write_8(uint8_t **at, uint8_t v)
{
	*(*at)++ = v;
}

static inline void record_write_16(uint8_t **at, uint16_t v)
{
	store_be16(*at, v);
	*at += 2;
}

static inline void record_write_32(uint8_t **at, uint32_t v)
{
	store_be32(*at, v);
	*at += 4;
}

static inline void record_write_64(uint8_t **at, uint64_t v)
{
	store_be64(*at, v);
	*at += 8;
}

static inline void record_write(uint8_t **at, const void *bytes, size_t n)
{
	if (n == 0)
		return; // there may be no address
	memcpy(*at, bytes, n);
	*at += n;
}

#endif
