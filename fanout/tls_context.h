/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A certificate with its chain and key, and the settings that all TLS connections which begin under
 * it share: TLS 1.3 and 1.2, the "intermediate" ciphers of Mozilla's recommendations without those
 * that agree on keys by finite fields (slow, and whoever speaks them speaks elliptic curves too),
 * no renegotiation, no compression, no early data, no client certificates.
 *
 * A client of TLS 1.3 gets one ticket with which it comes back without the cost of a signature; the
 * key that tickets are sealed with is made anew by each load and known to all threads, for they
 * share the context. TLS 1.2 gets none: there a key that lives for months would open all that was
 * recorded meanwhile.
 *
 * Immutable once loaded. A connection holds on to what it began under, so that another can take the
 * context's place at any time.
 */
#ifndef FANOUT_TLS_CONTEXT_H
#define FANOUT_TLS_CONTEXT_H

#include <openssl/ssl.h>
#include <stddef.h>

struct tls_context;

/*
 * Reads both files, PEM: the certificate followed by what leads to the root, and its private key,
 * which others than its owner's group must not be able to read. One reference in *out.
 *
 * 0: the report names the certificate and the end of its validity; 1: the same, but it says what
 * clients will not like (it has expired); -errno with the reason and what to do in the report, and
 * *out is left as it is.
 */
int tls_context_load(struct tls_context **out, const char *certificate, const char *key,
	char *report, size_t cap);

/* From any thread. */
struct tls_context *tls_context_ref(struct tls_context *context);
void tls_context_unref(struct tls_context *context); // NULL is allowed

/* For tls.c. The app data of each connection is the name of the protocol that is spoken on it. */
SSL_CTX *tls_context_ssl(const struct tls_context *context);

#endif
