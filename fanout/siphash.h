/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * SipHash-2-4 of 8 bytes (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a hash
 * under a key, of which somebody who does not know the key cannot say what collides. OpenSSL's
 * wants a context for each hash.
 */
#ifndef FANOUT_SIPHASH_H
#define FANOUT_SIPHASH_H

#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1; // the 16 bytes of the key, each half as a little-endian number
};

/* Of the 8 bytes of value, the lowest first. */
uint64_t siphash_u64(const struct siphash_key *key, uint64_t value);

#endif
