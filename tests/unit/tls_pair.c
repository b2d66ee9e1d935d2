/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "tests/unit/tls_pair.h"

#include "tests/unit/tls_certificate.h"

#include <criterion/criterion.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

static void begin(struct pair *p)
{
	p->server = tls_new(p->context, "http/1.1");
	p->client = SSL_new(p->settings);
	p->to_client = BIO_new(BIO_s_mem());
	p->from_client = BIO_new(BIO_s_mem());
	cr_assert_not_null(p->server);
	SSL_set_bio(p->client, p->to_client, p->from_client);
	SSL_set_connect_state(p->client);
	p->heard_len = p->caught_len = 0;
}

static void end(struct pair *p)
{
	tls_free(p->server);
	SSL_set_shutdown(p->client, SSL_SENT_SHUTDOWN); // or its session would be no good
	SSL_free(p->client);
}

struct pair *pair_new(int version)
{
	struct tls_certificate files = tls_certificate_make("one.example", -1, 30);
	struct pair *p = calloc(1, sizeof(*p));
	char report[640];

	cr_assert_eq(
		tls_context_load(&p->context, files.certificate, files.key, report, sizeof(report)),
		0, "%s", report);
	tls_certificate_remove(&files);
	p->settings = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(p->settings, version);
	SSL_CTX_set_max_proto_version(p->settings, version);
	begin(p);
	return p;
}

void pair_free(struct pair *p)
{
	end(p);
	SSL_CTX_free(p->settings);
	tls_context_unref(p->context);
	free(p);
}

void pair_again(struct pair *p)
{
	end(p);
	begin(p);
}

static size_t cut(const struct pair *p, size_t len)
{
	return p->step != 0 && p->step < len ? p->step : len;
}

static void server_reads(struct pair *p)
{
	ssize_t n;

	do {
		n = tls_read(p->server, p->heard + p->heard_len, sizeof(p->heard) - p->heard_len);
		p->heard_len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
}

size_t pair_to_server(struct pair *p)
{
	uint8_t *bytes;
	size_t len = (size_t)BIO_get_mem_data(p->from_client, &bytes), taken;

	for (size_t at = 0; at < len; at += taken) {
		taken = cut(p, len - at);
		tls_feed(p->server, bytes + at, taken);
		server_reads(p);
	}
	(void)BIO_reset(p->from_client);
	return len;
}

static void client_reads(struct pair *p)
{
	int n;

	if (!SSL_is_init_finished(p->client) && SSL_do_handshake(p->client) != 1)
		return;
	do {
		n = SSL_read(p->client, p->caught + p->caught_len,
			(int)(sizeof(p->caught) - p->caught_len));
		p->caught_len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
}

size_t pair_to_client(struct pair *p)
{
	const uint8_t *bytes;
	size_t len, all = 0;

	while ((len = tls_output(p->server, &bytes)) > 0) {
		len = cut(p, len);
		cr_assert_eq(BIO_write(p->to_client, bytes, (int)len), (int)len);
		tls_sent(p->server, len);
		all += len;
	}
	client_reads(p);
	return all;
}

void pair_talk(struct pair *p)
{
	size_t moved;

	do {
		moved = pair_to_client(p);
		moved += pair_to_server(p);
	} while (moved > 0);
}

void pair_open(struct pair *p)
{
	pair_talk(p);
	cr_assert_eq(tls_state(p->server), TLS_OPEN, "%s", tls_failure(p->server));
	cr_assert(SSL_is_init_finished(p->client));
}
