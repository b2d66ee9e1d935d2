/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/connection_tls.h"

#include "fanout/engine.h"
#include "fanout/stats.h"

#include <errno.h>
#include <sys/socket.h>

static struct secured *of(const struct connection *c)
{
	const struct connection_table *table = &c->thread->connections;

	return &table->secured[c - table->slots];
}

static bool is_open(const struct connection *c)
{
	const struct tls *t = of(c)->tls;

	return t != NULL && (tls_state(t) == TLS_OPEN || tls_state(t) == TLS_ENDED);
}

bool connection_tls_is_shaking(const struct connection *c)
{
	return c->secure && (of(c)->tls == NULL || tls_state(of(c)->tls) == TLS_SHAKING);
}

void connection_tls_end(struct connection *c)
{
	struct secured *s = of(c);

	if (s->open)
		stat_subtract(&c->thread->stats.tls, 1);
	tls_free(s->tls);
	*s = (struct secured){0};
	c->secure = false;
}

static void refuse_plain(struct connection *c)
{
	connection_tls_end(c);
	if (c->protocol->on_no_tls != NULL) {
		c->protocol->on_no_tls(c);
	} else {
		connection_count_refusal(c, FANOUT_REFUSED_tls_wanted);
		connection_close(c);
	}
}

/* By its first byte the client is judged. */
static bool begin(struct connection *c, uint8_t first)
{
	if (!tls_looks_like(first)) {
		refuse_plain(c);
		return false;
	}
	struct tls_context *context = tls_holder_take(&c->thread->fanout->tls);
	of(c)->tls = tls_new(context, c->protocol->alpn);
	tls_context_unref(context);
	if (of(c)->tls == NULL)
		connection_close(c);
	return of(c)->tls != NULL;
}

static void count_handshake(struct connection *c)
{
	struct fanout_stats *stats = &c->thread->stats;

	if (connection_tls_is_shaking(c) || of(c)->open)
		return;
	if (!is_open(c)) {
		connection_count_refusal(c, FANOUT_REFUSED_tls_handshake);
		return;
	}
	of(c)->open = true;
	stat_add(&stats->tls, 1);
	stat_add(&stats->tls_handshakes, 1);
}

/* Nothing can be encrypted any more; an alert may still be said. */
static void failed(struct connection *c)
{
	buffer_unref(c->out);
	buffer_unref(c->next);
	c->out = c->next = NULL;
	c->out_is_frame = false;
	connection_finish(c);
}

/* All that the bytes say, at once: its protocol may want to hear nothing more for a while. */
static ssize_t decrypt(struct connection *c, uint8_t *out, size_t cap, size_t *len)
{
	ssize_t n;

	*len = 0;
	while ((n = tls_read(of(c)->tls, out + *len, cap - *len)) > 0)
		*len += (size_t)n;
	return n;
}

void connection_tls_deliver(struct connection *c, const uint8_t *bytes, size_t len)
{
	struct engine_thread *t = c->thread;
	size_t plain;

	if (c->finishing || (of(c)->tls == NULL && !begin(c, bytes[0])))
		return;
	tls_feed(of(c)->tls, bytes, len);
	ssize_t ret = decrypt(c, t->decrypted, sizeof(t->decrypted), &plain);
	count_handshake(c);
	if (plain > 0)
		connection_deliver(c, t->decrypted, plain);
	if (c->closing)
		return;
	if (ret == -EPROTO)
		failed(c);
	else if (ret == -EPIPE)
		connection_on_end(c);
	connection_continue(c); // it may have an answer of its own
}

bool connection_tls_has_output(const struct connection *c)
{
	const uint8_t *bytes;

	return connection_tls_output(c, &bytes) > 0;
}

size_t connection_tls_output(const struct connection *c, const uint8_t **bytes)
{
	return of(c)->tls == NULL ? 0 : tls_output(of(c)->tls, bytes);
}

void connection_tls_encrypt(struct connection *c)
{
	uint32_t left = c->out->len - c->offset;
	uint32_t len = left < TLS_RECORD_MAX ? left : TLS_RECORD_MAX;

	if (tls_write(of(c)->tls, c->out->bytes + c->offset, len) < 0)
		connection_close(c);
	c->offset += len;
}

bool connection_tls_sent(struct connection *c, size_t len)
{
	const uint8_t *bytes;
	size_t asked = connection_tls_output(c, &bytes);

	tls_sent(of(c)->tls, len);
	return len == asked;
}

/* Before a handshake nothing was sent, so this much has room; all that can be said is that no. */
static void send_alert(struct connection *c)
{
	static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, SSL_AD_INTERNAL_ERROR};

	send(c->fd, alert, sizeof(alert), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool connection_tls_say_goodbye(struct connection *c)
{
	if (!c->shut && connection_tls_is_shaking(c))
		send_alert(c);
	if (c->shut || !is_open(c))
		return false;
	tls_close(of(c)->tls);
	return connection_tls_has_output(c);
}
