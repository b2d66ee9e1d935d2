/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls.h"

#include "fanout/tls_bio.h"
#include "fanout/tls_guard.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

/*
 * The keys of AES-GCM wear out after 2^24.5 records (RFC 8446, 5.5). TLS 1.3 changes them on the
 * way; TLS 1.2 has no way to that we would offer.
 */
enum { RECORDS_OF_A_KEY = 1 << 23 };

struct tls {
	SSL *ssl;
	const char *failure;
	struct tls_bio bio;
	struct tls_guard guard;
	uint32_t handshake_bytes; // from the client
	uint32_t records;         // under this key
	enum tls_state state;
};

struct tls *tls_new(struct tls_context *context, const char *alpn)
{
	struct tls *t = calloc(1, sizeof(*t));
	SSL *ssl = t != NULL ? SSL_new(tls_context_ssl(context)) : NULL;
	BIO *bio = ssl != NULL ? tls_bio_new(&t->bio) : NULL;

	if (bio == NULL || SSL_set_app_data(ssl, (char *)alpn) != 1) {
		BIO_free(bio);
		SSL_free(ssl);
		free(t);
		ERR_clear_error();
		return NULL;
	}
	t->bio.limit = TLS_OUTPUT_MAX;
	t->ssl = ssl;
	SSL_set_bio(ssl, bio, bio);
	SSL_set_accept_state(ssl);
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	tls_bio_clear(&t->bio);
	free(t);
}

enum tls_state tls_state(const struct tls *t)
{
	return t->state;
}

const char *tls_failure(const struct tls *t)
{
	return t->failure;
}

int tls_version(const struct tls *t)
{
	return SSL_version(t->ssl);
}

static int fail(struct tls *t, const char *why)
{
	if (t->state != TLS_FAILED)
		t->failure = why != NULL ? why : "no reason given";
	t->state = TLS_FAILED;
	t->bio.in_len = 0;
	return -EPROTO;
}

/*
 * OpenSSL, which is called with no error left over, returned ret: 0 if it only wants more from the
 * client. None is left over for others either.
 */
static int judge(struct tls *t, int ret)
{
	int error = SSL_get_error(t->ssl, ret);

	if (error == SSL_ERROR_WANT_READ)
		return 0;
	if (error == SSL_ERROR_ZERO_RETURN) {
		t->state = TLS_ENDED;
		t->bio.in_len = 0;
		return -EPIPE;
	}
	if (error == SSL_ERROR_SYSCALL) // our own BIO: memory, or the limit
		fail(t, "there is no room for what is to be sent");
	else
		fail(t, ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	return -EPROTO;
}

/* OpenSSL has not seen it, so it cannot say it. Before anything is encrypted it is plain. */
static void refuse_handshake(struct tls *t, const char *why)
{
	static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, SSL_AD_ILLEGAL_PARAMETER};

	tls_bio_put(&t->bio, alert, sizeof(alert));
	fail(t, why);
}

/* Counts and checks what belongs to the handshake. */
static void guard(struct tls *t)
{
	bool tls13 = SSL_version(t->ssl) == TLS1_3_VERSION;

	if (t->bio.in_len > TLS_HANDSHAKE_MAX - t->handshake_bytes)
		refuse_handshake(t, "the handshake is too long");
	else if (!tls_guard_pass(&t->guard, t->bio.in, t->bio.in_len, tls13))
		refuse_handshake(t, "a handshake message is too long");
	t->handshake_bytes += (uint32_t)t->bio.in_len;
}

void tls_feed(struct tls *t, const uint8_t *bytes, size_t len)
{
	if (t->state == TLS_ENDED || t->state == TLS_FAILED)
		return;
	t->bio.in = bytes;
	t->bio.in_len = len;
	if (t->state == TLS_SHAKING)
		guard(t);
}

static int shake_hands(struct tls *t)
{
	int ret;

	ERR_clear_error();
	ret = SSL_do_handshake(t->ssl);

	if (ret != 1)
		return judge(t, ret);
	t->state = TLS_OPEN;
	return 0;
}

ssize_t tls_read(struct tls *t, uint8_t *out, size_t cap)
{
	if (t->state == TLS_FAILED)
		return -EPROTO;
	if (t->state == TLS_ENDED)
		return -EPIPE;
	if (t->state == TLS_SHAKING) {
		int ret = shake_hands(t);

		if (t->state != TLS_OPEN)
			return ret;
	}
	ERR_clear_error();
	int n = SSL_read(t->ssl, out, cap < INT_MAX ? (int)cap : INT_MAX);
	return n > 0 ? n : judge(t, n);
}

static int change_key(struct tls *t)
{
	t->records = 0;
	if (SSL_version(t->ssl) != TLS1_3_VERSION ||
		SSL_key_update(t->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
		return 0;
	return fail(t, "the key could not be changed");
}

int tls_write(struct tls *t, const void *bytes, size_t len)
{
	if (t->state != TLS_OPEN && t->state != TLS_ENDED)
		return -EPROTO;
	if (len == 0)
		return 0;
	if (++t->records == RECORDS_OF_A_KEY && change_key(t) < 0)
		return -EPROTO;
	ERR_clear_error();
	int n = SSL_write(t->ssl, bytes, (int)len);
	return n == (int)len ? 0 : judge(t, n);
}

void tls_close(struct tls *t)
{
	bool open = t->state == TLS_OPEN || t->state == TLS_ENDED;

	ERR_clear_error();
	if (open && (SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN) == 0)
		SSL_shutdown(t->ssl);
}

size_t tls_output(struct tls *t, const uint8_t **bytes)
{
	return tls_bio_output(&t->bio, bytes);
}

void tls_sent(struct tls *t, size_t len)
{
	tls_bio_sent(&t->bio, len);
}
