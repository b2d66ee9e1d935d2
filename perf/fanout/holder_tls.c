/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/holder_run.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdio.h>
#include <sys/socket.h>

/* Certificates are not verified: what is measured is the server. */
static SSL_CTX *new_context(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	if (c == NULL)
		return NULL;
	SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	return c;
}

bool holder_tls_begin(struct holder *h, struct subscriber *s)
{
	if (h->tls == NULL)
		h->tls = new_context();
	s->tls = h->tls == NULL ? NULL : SSL_new(h->tls);
	if (s->tls == NULL || SSL_set_fd(s->tls, s->fd) != 1 ||
		fcntl(s->fd, F_SETFL, O_NONBLOCK) < 0) {
		ERR_print_errors_fp(stderr);
		return false;
	}
	SSL_set_connect_state(s->tls);
	return true;
}

static bool must_wait(const struct subscriber *s, int ret)
{
	int error = SSL_get_error(s->tls, ret);

	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

int holder_tls_shake(struct subscriber *s)
{
	ERR_clear_error();
	int ret = SSL_do_handshake(s->tls);

	if (ret == 1)
		return 1;
	return must_wait(s, ret) ? 0 : -1;
}

/* As the system calls have it; an end that was announced is an end. */
static ssize_t result(const struct subscriber *s, int ret)
{
	if (ret > 0)
		return ret;
	if (SSL_get_error(s->tls, ret) == SSL_ERROR_ZERO_RETURN)
		return 0;
	errno = must_wait(s, ret) ? EAGAIN : ECONNRESET;
	return -1;
}

ssize_t holder_send(struct subscriber *s, const void *bytes, size_t len)
{
	if (s->tls == NULL)
		return send(s->fd, bytes, len, MSG_NOSIGNAL);
	ERR_clear_error();
	return result(s, SSL_write(s->tls, bytes, (int)len));
}

ssize_t holder_recv(struct subscriber *s, void *bytes, size_t cap)
{
	if (s->tls == NULL)
		return recv(s->fd, bytes, cap, MSG_DONTWAIT);
	ERR_clear_error();
	return result(s, SSL_read(s->tls, bytes, (int)cap));
}
