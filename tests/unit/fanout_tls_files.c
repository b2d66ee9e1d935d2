/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Certificate and key: what is taken, and what is said about each that is not.
 */

#include "fanout/tls_context.h"
#include "tests/unit/tls_certificate.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tls_certificate files;
static char report[640];

static void make(void)
{
	files = tls_certificate_make("one.example", -1, 30);
}

static void clean(void)
{
	tls_certificate_remove(&files);
}

TestSuite(fanout_tls_files, .init = make, .fini = clean);

static void overwrite(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	fputs(text, f);
	fclose(f);
}

/* Loads what lies there now, and expects that it is refused with these words. */
static void refused(int error, const char *path, const char *words)
{
	struct tls_context *context = NULL;

	cr_expect_eq(
		tls_context_load(&context, files.certificate, files.key, report, sizeof(report)),
		error);
	cr_expect_null(context);
	cr_expect_eq(strncmp(report, path, strlen(path)), 0, "%s", report);
	cr_expect_not_null(strstr(report, words), "%s", report);
}

static void loaded(int expected, const char *words)
{
	struct tls_context *context = NULL;

	cr_expect_eq(
		tls_context_load(&context, files.certificate, files.key, report, sizeof(report)),
		expected);
	cr_assert_not_null(context, "%s", report);
	cr_expect_not_null(strstr(report, words), "%s", report);
	tls_context_unref(context);
}

Test(fanout_tls_files, says_what_it_loaded)
{
	loaded(0, "CN=one.example, valid until 20");
	cr_expect_null(strstr(report, "refuse"), "%s", report);
}

Test(fanout_tls_files, follows_a_link_as_certbot_makes_them)
{
	char real[128];

	snprintf(real, sizeof(real), "%s.real", files.key);
	rename(files.key, real);
	cr_assert_eq(symlink(real, files.key), 0);
	loaded(0, "CN=one.example");
	unlink(real);
}

Test(fanout_tls_files, takes_a_key_that_a_group_may_read)
{
	chmod(files.key, 0640);
	loaded(0, "CN=one.example");
}

Test(fanout_tls_files, warns_of_one_that_has_expired_or_is_not_valid_yet)
{
	clean();
	files = tls_certificate_make("old.example", -30, -1);
	loaded(1, "clients will refuse it: it has expired");
	clean();
	files = tls_certificate_make("new.example", 2, 30);
	loaded(1, "clients will refuse it: it is not valid yet");
}

Test(fanout_tls_files, refuses_files_that_are_not_there)
{
	unlink(files.key);
	refused(-ENOENT, files.key, "No such file");
	unlink(files.certificate);
	refused(-ENOENT, files.certificate, "No such file");
}

Test(fanout_tls_files, refuses_what_is_no_file)
{
	unlink(files.certificate);
	cr_assert_eq(mkdir(files.certificate, 0700), 0);
	refused(-EINVAL, files.certificate, "no regular file");
	rmdir(files.certificate);
	cr_assert_eq(mkfifo(files.certificate, 0600), 0);
	refused(-EINVAL, files.certificate, "no regular file");
}

Test(fanout_tls_files, refuses_a_key_that_others_can_read_or_change)
{
	chmod(files.key, 0644);
	refused(-EPERM, files.key, "its mode is 0644");
	chmod(files.key, 0660);
	refused(-EPERM, files.key, "its mode is 0660");
}

Test(fanout_tls_files, refuses_a_key_of_another_certificate)
{
	struct tls_certificate other = tls_certificate_make("two.example", -1, 30);

	rename(other.key, files.key);
	refused(-EINVAL, files.key, "is not the key of the first certificate in");
	tls_certificate_remove(&other);
}

Test(fanout_tls_files, refuses_what_is_no_pem)
{
	overwrite(files.key, "no key\n");
	refused(-EINVAL, files.key, "there is no private key in it");
	overwrite(files.certificate, "");
	refused(-EINVAL, files.certificate, "there is no certificate in it");
}

Test(fanout_tls_files, refuses_a_chain_that_is_damaged)
{
	FILE *f = fopen(files.certificate, "ae");

	fputs("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", f);
	fclose(f);
	refused(-EINVAL, files.certificate, "certificate 2 in it cannot be read");
}

Test(fanout_tls_files, refuses_a_chain_without_an_end)
{
	char text[4096] = {0};
	FILE *f = fopen(files.certificate, "re");
	size_t len = fread(text, 1, sizeof(text) - 1, f);

	fclose(f);
	f = fopen(files.certificate, "ae");
	for (int i = 0; i < 16; i++)
		fwrite(text, 1, len, f);
	fclose(f);
	refused(-E2BIG, files.certificate, "more than 16 certificates");
	cr_assert_eq(truncate(files.certificate, 1 << 20), 0);
	refused(-EFBIG, files.certificate, "larger than 256 KiB");
}

Test(fanout_tls_files, refuses_an_encrypted_key_without_asking_anybody)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *file = BIO_new_file(files.key, "w");

	PEM_write_bio_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), "secret", 6, NULL, NULL);
	BIO_free(file);
	refused(-EINVAL, files.key, "it is encrypted");
	file = BIO_new_file(files.key, "w");
	PEM_write_bio_PrivateKey_traditional(
		file, key, EVP_aes_256_cbc(), (const unsigned char *)"secret", 6, NULL, NULL);
	BIO_free(file);
	refused(-EINVAL, files.key, "it is encrypted");
	EVP_PKEY_free(key);
}

Test(fanout_tls_files, refuses_a_weak_key)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);

	tls_certificate_write(&files, key, "weak.example", -1, 30);
	refused(-EINVAL, "OpenSSL takes", "ee key too small");
	EVP_PKEY_free(key);
}
