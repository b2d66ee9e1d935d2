/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/admission.h"

#include "fanout/engine.h"

bool admission_enter(struct connection *c)
{
	struct fanout *f = c->thread->fanout;
	unsigned before = atomic_fetch_add_explicit(&f->connections, 1, memory_order_relaxed);

	c->counted = before < f->max_connections;
	if (c->counted)
		return true;
	atomic_fetch_sub_explicit(&f->connections, 1, memory_order_relaxed);
	engine_warn(c->thread, "refusing connections: %u are open, which is the limit",
		f->max_connections);
	c->protocol->on_refused(c, FANOUT_REFUSED_too_many);
	return false;
}

bool admission_peer(const struct connection *c, struct sockaddr_storage *peer)
{
	socklen_t len = sizeof(*peer);

	return getpeername(c->fd, (struct sockaddr *)peer, &len) == 0;
}

bool admission_from(struct connection *c, source_t source)
{
	struct fanout *f = c->thread->fanout;
	char text[SOURCE_TEXT_MAX];

	if (f->sources == NULL)
		return true;
	c->source = sources_take(f->sources, source);
	if (c->source != 0)
		return true;
	engine_warn(c->thread,
		"refusing connections from %s: %u are open from there, which is the limit",
		source_text(source, text), f->max_per_source);
	c->protocol->on_refused(c, FANOUT_REFUSED_source);
	return false;
}

void admission_leave(struct connection *c)
{
	struct fanout *f = c->thread->fanout;

	if (c->counted)
		atomic_fetch_sub_explicit(&f->connections, 1, memory_order_relaxed);
	if (c->source != 0)
		sources_release(f->sources, c->source);
}
