/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls_context.h"

#include "fanout/tls_files.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls_context {
	atomic_uint refs;
	SSL_CTX *ssl;
};

/* Of TLS 1.2; those of 1.3 are all good. */
static const char CIPHERS[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
			      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
			      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/* A client that cannot do 1.3 gets no ticket. */
static int on_client_hello(SSL *ssl, int *alert, void *arg)
{
	const unsigned char *versions;
	size_t len;

	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &versions, &len) == 1) {
		for (size_t i = 1; i + 1 < len; i += 2) { // behind a byte with their length
			if (versions[i] == 0x03 && versions[i + 1] == 0x04)
				return SSL_CLIENT_HELLO_SUCCESS;
		}
	}
	SSL_set_options(ssl, SSL_OP_NO_TICKET);
	return SSL_CLIENT_HELLO_SUCCESS;
}

/* A client that offers protocols, and not the one spoken here, is refused (RFC 7301, 3.2). */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
	const unsigned char *offered, unsigned offered_len, void *arg)
{
	const char *ours = SSL_get_app_data(ssl);
	size_t len = ours != NULL ? strlen(ours) : 0;

	if (len == 0)
		return SSL_TLSEXT_ERR_NOACK;
	for (unsigned i = 0; i < offered_len; i += 1u + offered[i]) {
		if (offered[i] != len || memcmp(&offered[i + 1], ours, len) != 0)
			continue;
		*out = &offered[i + 1];
		*out_len = offered[i];
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool configure(SSL_CTX *ssl)
{
	SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	/* Between records a connection holds no buffer. */
	SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_client_hello_cb(ssl, on_client_hello, NULL);
	SSL_CTX_set_alpn_select_cb(ssl, on_alpn, NULL);
	return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ssl, CIPHERS) == 1 &&
	       SSL_CTX_set1_groups_list(ssl, "X25519:P-256:P-384") == 1 &&
	       SSL_CTX_set_num_tickets(ssl, 1) == 1;
}

static bool use(SSL_CTX *ssl, const struct tls_files *files)
{
	return SSL_CTX_use_cert_and_key(ssl, files->certificate, files->key, files->chain, 1) == 1;
}

static int create(struct tls_context **out, const struct tls_files *files, char *error, size_t cap)
{
	struct tls_context *context = malloc(sizeof(*context));
	SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());

	if (context != NULL && ssl != NULL && configure(ssl) && use(ssl, files)) {
		context->ssl = ssl;
		atomic_init(&context->refs, 1);
		*out = context;
		return 0;
	}
	const char *why = ERR_reason_error_string(ERR_peek_last_error());
	snprintf(error, cap, "OpenSSL takes neither certificate nor key: %s",
		why != NULL ? why : "no memory");
	ERR_clear_error();
	SSL_CTX_free(ssl);
	free(context);
	return -EINVAL;
}

int tls_context_load(struct tls_context **out, const char *certificate, const char *key,
	char *report, size_t cap)
{
	struct tls_files files;
	char name[320];
	int ret = tls_files_read(&files, certificate, key, report, cap);

	if (ret < 0)
		return ret;
	ret = create(out, &files, report, cap);
	if (ret == 0) {
		const char *doubt = tls_files_describe(&files, name, sizeof(name));

		snprintf(report, cap, "%.200s: %s%s%s", certificate, name,
			doubt != NULL ? "; clients will refuse it: " : "",
			doubt != NULL ? doubt : "");
		ret = doubt != NULL;
	}
	tls_files_free(&files);
	return ret;
}

struct tls_context *tls_context_ref(struct tls_context *context)
{
	atomic_fetch_add_explicit(&context->refs, 1, memory_order_relaxed);
	return context;
}

void tls_context_unref(struct tls_context *context)
{
	if (context == NULL ||
		atomic_fetch_sub_explicit(&context->refs, 1, memory_order_acq_rel) != 1)
		return;
	SSL_CTX_free(context->ssl);
	free(context);
}

SSL_CTX *tls_context_ssl(const struct tls_context *context)
{
	return context->ssl;
}
