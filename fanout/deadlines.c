/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/deadlines.h"

#include "fanout/engine.h"

static struct connection *at(struct engine_thread *t, uint32_t link)
{
	return link == 0 ? NULL : &t->connections.slots[link - 1];
}

static uint32_t link_of(const struct connection *c)
{
	return (uint32_t)(c - c->thread->connections.slots) + 1;
}

static uint32_t *slot_of(const struct connection *c)
{
	return &c->thread->deadlines.slots[c->deadline % DEADLINE_SLOTS];
}

void deadline_clear(struct connection *c)
{
	struct engine_thread *t = c->thread;

	if (c->deadline == 0)
		return;
	if (t->deadlines.next == link_of(c))
		t->deadlines.next = c->after;
	if (c->after != 0)
		at(t, c->after)->before = c->before;
	if (c->before != 0)
		at(t, c->before)->after = c->after;
	else
		*slot_of(c) = c->after;
	c->deadline = c->before = c->after = 0;
}

void deadline_set(struct connection *c, uint32_t seconds)
{
	deadline_clear(c);
	c->deadline = c->thread->now + seconds + (c->thread->now + seconds == 0);
	c->after = *slot_of(c);
	*slot_of(c) = link_of(c);
	if (c->after != 0)
		at(c->thread, c->after)->before = link_of(c);
}

/*
 * Goes through a slot once. Visiting one may set or clear any other deadline: deadline_clear()
 * takes care that the next to be looked at is still there, and what is set meanwhile is not due
 * yet.
 */
static void pass_slot(struct engine_thread *t, uint32_t now, void (*visit)(struct connection *c))
{
	struct deadlines *d = &t->deadlines;
	struct connection *c;

	d->next = d->slots[d->now % DEADLINE_SLOTS];
	while ((c = at(t, d->next)) != NULL) {
		d->next = c->after;
		if ((int32_t)(now - c->deadline) < 0)
			continue;
		deadline_clear(c);
		visit(c);
	}
}

void deadlines_pass(struct engine_thread *t, uint32_t now, void (*visit)(struct connection *c))
{
	struct deadlines *d = &t->deadlines;

	if (now - d->now > DEADLINE_SLOTS)
		d->now = now - DEADLINE_SLOTS;
	while (d->now != now) {
		d->now++;
		pass_slot(t, now, visit);
	}
}
