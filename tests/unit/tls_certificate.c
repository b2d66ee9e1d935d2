/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "tests/unit/tls_certificate.h"

#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static X509 *make(EVP_PKEY *key, const char *name, int from_day, int to_day)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_time_adj_ex(X509_getm_notBefore(x), from_day, 0, NULL);
	X509_time_adj_ex(X509_getm_notAfter(x), to_day, 0, NULL);
	X509_NAME_add_entry_by_txt(
		subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, subject);
	X509_set_pubkey(x, key);
	cr_assert_gt(X509_sign(x, key, EVP_sha256()), 0);
	return x;
}

static FILE *create(const char *path, mode_t mode)
{
	FILE *f = fopen(path, "we");

	cr_assert_not_null(f, "%s: %m", path);
	cr_assert_eq(fchmod(fileno(f), mode), 0);
	return f;
}

void tls_certificate_write(
	const struct tls_certificate *c, EVP_PKEY *key, const char *name, int from_day, int to_day)
{
	X509 *x = make(key, name, from_day, to_day);
	FILE *f = create(c->certificate, 0644);

	cr_assert_eq(PEM_write_X509(f, x), 1);
	fclose(f);
	f = create(c->key, 0600);
	cr_assert_eq(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
	X509_free(x);
}

static void write_files(const struct tls_certificate *c, const char *name, int from_day, int to_day)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	tls_certificate_write(c, key, name, from_day, to_day);
	EVP_PKEY_free(key);
}

struct tls_certificate tls_certificate_make(const char *name, int from_day, int to_day)
{
	struct tls_certificate c = {.folder = "/tmp/uproar-tls-XXXXXX"};

	cr_assert_not_null(mkdtemp(c.folder));
	snprintf(c.certificate, sizeof(c.certificate), "%s/certificate.pem", c.folder);
	snprintf(c.key, sizeof(c.key), "%s/key.pem", c.folder);
	write_files(&c, name, from_day, to_day);
	return c;
}

void tls_certificate_replace(const struct tls_certificate *c, const char *name)
{
	write_files(c, name, -1, 30);
}

void tls_certificate_remove(const struct tls_certificate *c)
{
	unlink(c->certificate);
	unlink(c->key);
	rmdir(c->folder);
}
