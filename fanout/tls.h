/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The TLS of one connection, between bytes in memory: ciphertext from the client goes in and
 * plaintext comes out, plaintext for the client goes in and ciphertext comes out. It knows no
 * socket. One thread uses it.
 *
 *	tls_feed(t, bytes, len);                       what the client sent
 *	while ((n = tls_read(t, room, cap)) > 0) ...   what it said
 *	tls_write(t, plaintext, len);                  an answer, a frame
 *	while ((n = tls_output(t, &bytes)) > 0)        what there is to send, whoever wrote it
 *		tls_sent(t, send(fd, bytes, n, 0));
 *
 * A record that was written has its number in the stream: it goes out, whole and in this order, or
 * the connection ends. So write only what shall go out now.
 *
 * Bounds: the client's handshake (TLS_HANDSHAKE_MAX bytes, each message as tls_guard.h), one
 * unfinished record from it (16 KiB), and what waits to be sent (TLS_OUTPUT_MAX), for a client may
 * ask for answers of the protocol itself (a KeyUpdate) without reading them.
 */
#ifndef FANOUT_TLS_H
#define FANOUT_TLS_H

#include "fanout/tls_context.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	TLS_HANDSHAKE_MAX = 32 << 10, // bytes from the client
	TLS_RECORD_MAX = 16 << 10,    // bytes of plaintext in one record
	TLS_OUTPUT_MAX = 64 << 10,    // bytes that wait to be sent
};

enum tls_state {
	TLS_SHAKING, // the handshake is under way
	TLS_OPEN,
	TLS_ENDED,  // the client has said that it will send no more; it may still read
	TLS_FAILED, // nothing goes any more but what tls_output() has, an alert
};

struct tls;

/* alpn: what this server speaks, "http/1.1" or "mqtt"; a string that stays, or NULL for anything.
 * Returns NULL without memory. */
struct tls *tls_new(struct tls_context *context, const char *alpn);
void tls_free(struct tls *t); // NULL is allowed

enum tls_state tls_state(const struct tls *t);

/* Why it failed, in a few words; NULL if it did not. */
const char *tls_failure(const struct tls *t);

/* 0x0303 or 0x0304, once it is open. */
int tls_version(const struct tls *t);

/*
 * What the client sent. The bytes stay where they are until tls_read() has returned 0 or less. With
 * len 0 nothing happens.
 */
void tls_feed(struct tls *t, const uint8_t *bytes, size_t len);

/*
 * Goes on with the handshake, or decrypts. Returns how many bytes it wrote to out; 0: more has to
 * be fed; -EPIPE: TLS_ENDED; -EPROTO: TLS_FAILED.
 */
ssize_t tls_read(struct tls *t, uint8_t *out, size_t cap);

/* Encrypts at most TLS_RECORD_MAX bytes into one record. 0; -EPROTO: TLS_FAILED. When it is open.
 */
int tls_write(struct tls *t, const void *bytes, size_t len);

/* Says once that we will send no more, behind what was written. In any state. */
void tls_close(struct tls *t);

/*
 * What is to be sent next; it stays where it is until all of it has been sent. Returns the length,
 * 0 if there is nothing.
 */
size_t tls_output(struct tls *t, const uint8_t **bytes);

/* So many of these bytes have been sent. */
void tls_sent(struct tls *t, size_t len);

/* A client that speaks TLS begins with this byte. */
static inline bool tls_looks_like(uint8_t first)
{
	return first == 22;
}

#endif
