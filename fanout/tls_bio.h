/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What OpenSSL has in place of a socket: it reads from bytes that lie in memory, and what it writes
 * is kept in chunks until it has been sent.
 */
#ifndef FANOUT_TLS_BIO_H
#define FANOUT_TLS_BIO_H

#include <openssl/bio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_chunk;

struct tls_bio {
	const uint8_t *in; // what is still to be read, not ours
	size_t in_len;
	struct tls_chunk *first, *last; // what is to be sent
	size_t waiting;                 // bytes in the chunks that were not sent
	size_t sent;                    // of the first chunk
	size_t limit;                   // of waiting; a write beyond fails
	bool lent;                      // the first chunk must stay as it is
};

/* Reads from and writes to b, which outlives it. NULL: no memory. */
BIO *tls_bio_new(struct tls_bio *b);

/* The bytes to be sent next, which stay where they are until all of them were; 0: none. */
size_t tls_bio_output(struct tls_bio *b, const uint8_t **bytes);
void tls_bio_sent(struct tls_bio *b, size_t len);

/* Adds bytes to be sent. False: no memory, or beyond the limit. */
bool tls_bio_put(struct tls_bio *b, const void *bytes, size_t len);

/* Frees the chunks. */
void tls_bio_clear(struct tls_bio *b);

#endif
