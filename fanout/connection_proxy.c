/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/connection_proxy.h"

#include "fanout/admission.h"
#include "fanout/engine.h"

#include <errno.h>

static void refuse(struct connection *c, enum fanout_refusal reason, const char *sentence)
{
	struct sockaddr_storage peer;
	char text[SOURCE_TEXT_MAX];

	connection_count_refusal(c, reason);
	if (admission_peer(c, &peer))
		engine_warn(c->thread, WARNING_PROXY, "refusing %s at a listener for proxies: %s",
			source_text(source_of((struct sockaddr *)&peer), text), sentence);
	connection_close(c);
}

static bool is_trusted(const struct fanout *f, const struct sockaddr_storage *peer)
{
	for (unsigned i = 0; i < f->n_proxies; i++) {
		if (address_range_contains(&f->proxies[i], (const struct sockaddr *)peer))
			return true;
	}
	return false;
}

void connection_proxy_begin(struct connection *c, const struct sockaddr_storage *peer)
{
	if (!is_trusted(c->thread->fanout, peer)) {
		refuse(c, FANOUT_REFUSED_proxy_stranger, "it is not in proxy_protocol.from");
		return;
	}
	c->state = pool_take(&c->thread->proxies);
	c->proxied = c->state != NULL;
	if (c->proxied)
		connection_receive(c);
	else
		connection_close(c);
}

void connection_proxy_end(struct connection *c)
{
	pool_give(&c->thread->proxies, c->state);
	c->state = NULL;
	c->proxied = false;
}

/* The header is whole. */
static void pass_on(struct connection *c, enum proxy_result result, source_t client)
{
	struct sockaddr_storage peer;

	connection_proxy_end(c);
	if (result == PROXY_NOBODY) {
		if (!admission_peer(c, &peer)) {
			connection_close(c);
			return;
		}
		client = source_of((struct sockaddr *)&peer);
	}
	admission_from(c, client);
}

static void no_header(struct connection *c)
{
	refuse(c, FANOUT_REFUSED_proxy_header,
		"what came is no header of version 2 of the PROXY protocol");
}

/* Returns whether there may be more to read. */
static bool read_some(struct connection *c)
{
	struct engine_thread *t = c->thread;
	struct proxy_state *s = c->state;
	enum proxy_result result;
	source_t client = 0;
	size_t wanted = proxy_header_wants(&s->header), used;

	if (wanted > sizeof(t->input))
		wanted = sizeof(t->input);
	ssize_t n = recv(c->fd, t->input, wanted, MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			connection_close(c);
		return errno == EINTR;
	}
	if (n == 0 && s->header.taken == 0) { // came and went, as a check of our health may
		connection_close(c);
		return false;
	}
	result = n == 0 ? PROXY_MALFORMED
			: proxy_header_take(&s->header, t->input, (size_t)n, &used, &client);
	if (result == PROXY_VERSION_1)
		refuse(c, FANOUT_REFUSED_proxy_version,
			"it speaks version 1 of the PROXY protocol; let it speak version 2 "
			"(HAProxy: send-proxy-v2)");
	else if (result == PROXY_MALFORMED)
		no_header(c);
	else if (result != PROXY_MORE)
		pass_on(c, result, client);
	return result == PROXY_MORE;
}

void connection_proxy_read(struct connection *c)
{
	while (read_some(c))
		;
	connection_receive(c);
}

void connection_proxy_on_deadline(struct connection *c)
{
	no_header(c);
}
