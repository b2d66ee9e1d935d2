/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/handshakes.h"

#include "fanout/connection_tls.h"
#include "fanout/engine.h"

void handshakes_wait(struct connection *c)
{
	struct engine_thread *t = c->thread;
	struct handshakes *h = &t->handshakes;
	uint32_t link = (uint32_t)(c - t->connections.slots) + 1;

	if (c->waiting)
		return;
	c->waiting = true;
	c->inflight++;
	t->connections.secured[link - 1].next = 0;
	if (h->last != 0)
		t->connections.secured[h->last - 1].next = link;
	else
		h->first = link;
	h->last = link;
}

static struct connection *take_first(struct engine_thread *t)
{
	struct handshakes *h = &t->handshakes;
	struct connection *c = &t->connections.slots[h->first - 1];

	h->first = t->connections.secured[h->first - 1].next;
	if (h->first == 0)
		h->last = 0;
	c->waiting = false;
	c->inflight--;
	return c;
}

void handshakes_step(struct engine_thread *t)
{
	struct handshakes *h = &t->handshakes;
	bool done = false;

	if (h->first == 0 || (t->wave.left > 0 && ++h->held_back < HANDSHAKE_WAVE_TURNS))
		return;
	h->held_back = 0;
	while (h->first != 0 && !done) { // those that have gone meanwhile cost nothing
		struct connection *c = take_first(t);

		done = !c->closing;
		if (done)
			connection_read(c);
		connection_settle(c);
	}
}

void handshakes_forget(struct engine_thread *t)
{
	while (t->handshakes.first != 0)
		connection_settle(take_first(t));
}
