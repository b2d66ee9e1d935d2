/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/wave.h"

#include "fanout/engine.h"

/* The thread's view of a channel that changed. */
static void take(void *arg, uint16_t index, struct held_frame *f)
{
	struct engine_thread *t = arg;
	struct channel *channel = &t->channels[index];
	bool open = engine_channel_is_open(t->fanout, index);

	if (f != NULL || (open && channel->ended)) { // an end that was taken back: begin anew
		held_frame_free(channel->newest);
		channel->newest = f;
	}
	if (f != NULL)
		channel->number = f->number;
	channel->ended = !open;
}

void wave_begin(struct engine_thread *t)
{
	struct wave *w = &t->wave;
	uint32_t n = t->connections.high;

	if (mailbox_take(t->mailbox, take, t) == 0 || n == 0)
		return;
	if (w->left ==
		0) { // by about the golden section: starts that follow each other lie far apart
		w->start = (uint32_t)((w->start + (uint64_t)n * 618 / 1000 + 1) % n);
		w->cursor = w->start;
	}
	w->left = n; // a wave under way goes once more round from where it is
}

void wave_step(struct engine_thread *t)
{
	struct wave *w = &t->wave;
	unsigned sends = 0;

	while (w->left > 0 && sends < WAVE_SENDS) {
		if (w->cursor >= t->connections.high)
			w->cursor = 0;
		struct connection *c = &t->connections.slots[w->cursor++];
		w->left--;
		if (c->fd < 0 || c->subscription == NULL)
			continue;
		sends += connection_continue(c);
		connection_settle(c);
	}
}
