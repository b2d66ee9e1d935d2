/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The certificate and the key of a TLS server, from their files.
 */
#ifndef FANOUT_TLS_FILES_H
#define FANOUT_TLS_FILES_H

#include <openssl/x509.h>
#include <stddef.h>

struct tls_files {
	X509 *certificate;
	STACK_OF(X509) * chain; // what stands behind it in the file, in this order
	EVP_PKEY *key;
};

/*
 * Reads and compares them. 0, and the caller frees them; or -errno with a sentence in error that
 * names the file.
 */
int tls_files_read(
	struct tls_files *out, const char *certificate, const char *key, char *error, size_t cap);

void tls_files_free(struct tls_files *files);

/*
 * "CN=example.org, valid until 2026-11-30 12:00 UTC"; where there is no subject, the first name of
 * a host that it is for. Returns NULL, or what clients will not like about the validity.
 */
const char *tls_files_describe(const struct tls_files *files, char *out, size_t cap);

#endif
