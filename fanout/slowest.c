/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/slowest.h"

#include "fanout/engine.h"

#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

void slowest_ask(struct slowest *s)
{
	atomic_fetch_add_explicit(&s->asked, 1, memory_order_release);
}

bool slowest_is_answered(const struct slowest *s)
{
	return atomic_load_explicit(&s->answered, memory_order_acquire) ==
	       atomic_load_explicit(&s->asked, memory_order_relaxed);
}

static bool is_slower(const struct fanout_slow *a, const struct fanout_slow *b)
{
	if (a->blocked_seconds != b->blocked_seconds)
		return a->blocked_seconds > b->blocked_seconds;
	return a->frames_skipped > b->frames_skipped;
}

void slowest_keep(struct fanout_slow list[static FANOUT_SLOWEST_MAX], unsigned *n,
	const struct fanout_slow *slow)
{
	unsigned at = *n;

	while (at > 0 && is_slower(slow, &list[at - 1]))
		at--;
	if (at == FANOUT_SLOWEST_MAX)
		return;
	*n += *n < FANOUT_SLOWEST_MAX;
	memmove(&list[at + 1], &list[at], (*n - 1 - at) * sizeof(list[0]));
	list[at] = *slow;
}

/* What only the kernel knows. */
static void ask_kernel(int fd, struct fanout_slow *slow)
{
	struct fanout_listener peer = {.address_len = sizeof(peer.address)};
	int bytes = 0;

	getpeername(fd, (struct sockaddr *)&peer.address, &peer.address_len);
	listener_name(&peer, slow->address, sizeof(slow->address));
	ioctl(fd, SIOCOUTQ, &bytes);
	slow->kernel_bytes = (uint32_t)bytes;
}

static void look_at(struct engine_thread *t, const struct connection *c)
{
	struct slowest *s = &t->slowest;

	if (c->fd < 0 || c->closing || !c->blocked || !connection_is_subscriber(c))
		return;
	struct fanout_slow slow = {
		.protocol = c->protocol->name,
		.blocked_seconds = t->now - c->blocked_since,
		.frames_skipped = c->subscription.skipped,
	};
	if (s->n == FANOUT_SLOWEST_MAX && !is_slower(&slow, &s->list[s->n - 1]))
		return;
	ask_kernel(c->fd, &slow);
	slowest_keep(s->list, &s->n, &slow);
}

static void begin(struct slowest *s, uint32_t question)
{
	s->looking_for = question;
	s->cursor = 0;
	s->n = 0;
}

void slowest_step(struct engine_thread *t)
{
	struct slowest *s = &t->slowest;
	uint32_t asked = atomic_load_explicit(&s->asked, memory_order_acquire);

	if (asked == atomic_load_explicit(&s->answered, memory_order_relaxed))
		return;
	if (asked != s->looking_for)
		begin(s, asked);
	for (unsigned i = 0; i < SLOWEST_LOOKS && s->cursor < t->connections.high; i++)
		look_at(t, &t->connections.slots[s->cursor++]);
	if (s->cursor < t->connections.high)
		engine_wake(t); // to go on in the next turn
	else
		atomic_store_explicit(&s->answered, asked, memory_order_release);
}
