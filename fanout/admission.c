/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/admission.h"

#include "fanout/engine.h"

/* It counts no more. */
static void uncount(struct connection *c)
{
	struct fanout *f = c->thread->fanout;

	if (c->counted)
		atomic_fetch_sub_explicit(&f->connections, 1, memory_order_relaxed);
	if (c->source != 0)
		sources_release(f->sources, c->source);
	c->counted = false;
	c->source = 0;
}

/*
 * To be told why takes a client a moment, in which it counts as no connection: else a flood of
 * those who are refused would keep the others out. A thread has a moment for a few at a time only.
 */
void admission_refuse(struct connection *c, enum fanout_refusal reason)
{
	struct engine_thread *t = c->thread;

	uncount(c);
	if (t->refusing == ENGINE_REFUSALS) {
		connection_count_refusal(c, reason);
		connection_close(c);
		return;
	}
	t->refusing++;
	c->refused = true;
	c->protocol->on_refused(c, reason);
}

bool admission_enter(struct connection *c)
{
	struct fanout *f = c->thread->fanout;
	unsigned before = atomic_fetch_add_explicit(&f->connections, 1, memory_order_relaxed);
	unsigned most = engine_limit(&f->max_connections);

	c->counted = true;
	if (before < most)
		return true;
	engine_warn(c->thread, WARNING_FULL, "refusing connections: %u are open, and %u may be",
		before, most);
	admission_refuse(c, FANOUT_REFUSED_too_many);
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
	engine_warn(c->thread, WARNING_SOURCE,
		"refusing connections from %s: %u are open from there, which is the limit",
		source_text(source, text), engine_limit(&f->max_per_source));
	admission_refuse(c, FANOUT_REFUSED_source);
	return false;
}

void admission_leave(struct connection *c)
{
	uncount(c);
	if (c->refused)
		c->thread->refusing--;
}
