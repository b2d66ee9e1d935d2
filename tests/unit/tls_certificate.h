/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Certificates for tests, signed by themselves, in files of a folder of their own.
 */
#ifndef TESTS_UNIT_TLS_CERTIFICATE_H
#define TESTS_UNIT_TLS_CERTIFICATE_H

#include <openssl/evp.h>

struct tls_certificate {
	char folder[64];
	char certificate[96]; // paths
	char key[96];         // mode 0600
};

/* Valid from today plus the one to today plus the other number of days; for the host of that name.
 */
struct tls_certificate tls_certificate_make(const char *name, int from_day, int to_day);

/* Another one takes the place of what lies in the files. */
void tls_certificate_replace(const struct tls_certificate *c, const char *name);

/* The same, of this key. */
void tls_certificate_write(
	const struct tls_certificate *c, EVP_PKEY *key, const char *name, int from_day, int to_day);

/* Removes the files and their folder. */
void tls_certificate_remove(const struct tls_certificate *c);

#endif
