/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MAX = 256 << 10, // bytes
	CHAIN_MAX = 16,       // certificates; clients take about ten
};

/* What the library said last, without its codes. */
static const char *reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text != NULL ? text : "no reason given";
}

/* A key is a secret; its group may be one that is made for keys, as Debian's ssl-cert is. */
static int check_key_mode(const struct stat *st, char *error, size_t cap)
{
	if (st->st_uid != geteuid() && st->st_uid != 0) {
		snprintf(error, cap,
			"it belongs to user %u; a key must belong to this user (%u) or to root: "
			"chown it",
			st->st_uid, geteuid());
		return -EPERM;
	}
	if ((st->st_mode & (S_IWGRP | S_IRWXO)) != 0) {
		snprintf(error, cap,
			"its mode is %04o; others must not be able to read or change a key: "
			"chmod 600",
			st->st_mode & 07777);
		return -EPERM;
	}
	return 0;
}

/* Of the file that is open, so that nobody can change it in between. */
static int check(int fd, bool secret, char *error, size_t cap)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		int ret = -errno;

		snprintf(error, cap, "%s", strerror(-ret));
		return ret;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(error, cap, "it is no regular file");
		return -EINVAL;
	}
	if (st.st_size > FILE_MAX) {
		snprintf(error, cap, "it is larger than 256 KiB");
		return -EFBIG;
	}
	return secret ? check_key_mode(&st, error, cap) : 0;
}

/* NULL, and the sentence says why. Symbolic links are followed: certbot makes some. */
static BIO *open_file(const char *path, bool secret, int *ret, char *error, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file;

	if (fd < 0) {
		*ret = -errno;
		snprintf(error, cap, "%s", strerror(errno));
		return NULL;
	}
	*ret = check(fd, secret, error, cap);
	file = *ret == 0 ? fdopen(fd, "r") : NULL;
	if (file == NULL) {
		close(fd);
		if (*ret == 0) {
			*ret = -ENOMEM;
			snprintf(error, cap, "no memory to read it");
		}
		return NULL;
	}
	return BIO_new_fp(file, BIO_CLOSE);
}

/* Nobody is asked for a pass phrase: there may be nobody. */
static int no_passphrase(char *out, int cap, int writing, void *arg)
{
	return -1;
}

static int read_chain(BIO *bio, struct tls_files *out, char *error, size_t cap)
{
	X509 *next;

	out->certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	if (out->certificate == NULL) {
		snprintf(error, cap, "there is no certificate in it (PEM, BEGIN CERTIFICATE): %s",
			reason());
		return -EINVAL;
	}
	out->chain = sk_X509_new_null();
	while (out->chain != NULL &&
		(next = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL) {
		if (sk_X509_num(out->chain) == CHAIN_MAX - 1 ||
			sk_X509_push(out->chain, next) == 0) {
			X509_free(next);
			snprintf(error, cap, "more than %d certificates stand in it", CHAIN_MAX);
			return -E2BIG;
		}
	}
	if (out->chain == NULL || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		snprintf(error, cap, "certificate %d in it cannot be read: %s",
			sk_X509_num(out->chain) + 2, reason());
		return -EINVAL;
	}
	return 0;
}

static int read_key(BIO *bio, struct tls_files *out, char *error, size_t cap)
{
	out->key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	if (out->key != NULL)
		return 0;
	/* The reasons of decoders that did not fit stand before and behind that of a pass phrase.
	 */
	bool encrypted = false;
	unsigned long code, last = 0;
	while ((code = ERR_get_error()) != 0) {
		encrypted = encrypted || ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ ||
			    (ERR_GET_LIB(code) == ERR_LIB_CRYPTO &&
				    ERR_GET_REASON(code) == ERR_R_PASSED_INVALID_ARGUMENT);
		last = code;
	}
	const char *why = ERR_reason_error_string(last);
	if (encrypted)
		snprintf(error, cap,
			"it is encrypted, and nobody can be asked for its pass phrase: write it "
			"without one (openssl pkey -in ... -out ...)");
	else
		snprintf(error, cap, "there is no private key in it (PEM, BEGIN PRIVATE KEY): %s",
			why != NULL ? why : "no reason given");
	return -EINVAL;
}

static int read_file(const char *path, bool secret,
	int (*read)(BIO *bio, struct tls_files *out, char *error, size_t cap),
	struct tls_files *out, char *error, size_t cap)
{
	char why[320];
	int ret;
	BIO *bio = open_file(path, secret, &ret, why, sizeof(why));

	ERR_clear_error();
	if (bio != NULL) {
		ret = read(bio, out, why, sizeof(why));
		BIO_free(bio);
	}
	ERR_clear_error();
	if (ret < 0)
		snprintf(error, cap, "%s: %s", path, why);
	return ret;
}

int tls_files_read(
	struct tls_files *out, const char *certificate, const char *key, char *error, size_t cap)
{
	struct tls_files files = {0};
	int ret = read_file(certificate, false, read_chain, &files, error, cap);

	if (ret == 0)
		ret = read_file(key, true, read_key, &files, error, cap);
	if (ret == 0 && X509_check_private_key(files.certificate, files.key) != 1) {
		snprintf(error, cap, "%s is not the key of the first certificate in %s", key,
			certificate);
		ret = -EINVAL;
	}
	ERR_clear_error();
	if (ret < 0)
		tls_files_free(&files);
	else
		*out = files;
	return ret;
}

void tls_files_free(struct tls_files *files)
{
	X509_free(files->certificate);
	sk_X509_pop_free(files->chain, X509_free);
	EVP_PKEY_free(files->key);
	*files = (struct tls_files){0};
}

/* The first host that it is for, into out; nothing if there is none. */
static void first_host(X509 *certificate, char *out, size_t cap)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	unsigned char *text = NULL;

	out[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && text == NULL; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS && ASN1_STRING_to_UTF8(&text, name->d.dNSName) >= 0)
			snprintf(out, cap, "%s", (const char *)text);
	}
	OPENSSL_free(text);
	GENERAL_NAMES_free(names);
}

static void subject(X509 *certificate, char *out, size_t cap)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int len = 0;

	if (bio != NULL &&
		X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) > 0)
		len = BIO_read(bio, out, (int)cap - 1);
	BIO_free(bio);
	out[len > 0 ? len : 0] = '\0';
	if (len <= 0)
		first_host(certificate, out, cap);
}

const char *tls_files_describe(const struct tls_files *files, char *out, size_t cap)
{
	const ASN1_TIME *end = X509_get0_notAfter(files->certificate);
	char name[200], until[64];
	struct tm tm;

	subject(files->certificate, name, sizeof(name));
	if (ASN1_TIME_to_tm(end, &tm) != 1 ||
		strftime(until, sizeof(until), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		snprintf(until, sizeof(until), "a date that cannot be read");
	snprintf(out, cap, "%s, valid until %s",
		name[0] != '\0' ? name : "a certificate without a name", until);
	if (X509_cmp_current_time(end) < 0)
		return "it has expired";
	if (X509_cmp_current_time(X509_get0_notBefore(files->certificate)) > 0)
		return "it is not valid yet";
	return NULL;
}
