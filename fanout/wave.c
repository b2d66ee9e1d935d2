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
	if (f != NULL) {
		channel->number = f->number;
		channel->stamp = t->stamp;
		t->wave.frames++;
	}
	channel->ended = !open;
	if (open && !channel->known)
		topic_lists_opened(&t->lists, index);
	channel->known = channel->known || open;
}

/* A stamp is for frames: without any it stays what it was. False if nothing has changed. */
static bool take_all(struct engine_thread *t)
{
	t->wave.frames = 0;
	t->stamp++;
	unsigned changed = mailbox_take(t->mailbox, take, t);
	t->stamp -= t->wave.frames == 0;
	t->lists.changes += changed > 0;
	uint64_t ended = atomic_load_explicit(&t->fanout->window_ended, memory_order_acquire);
	if (t->wave.frames > 0 && ended != t->wave.ended) {
		t->wave.ended = ended;
		delivery_begin(&t->delivery, ended, t->stats.frames_sent);
	}
	return changed > 0;
}

void wave_begin(struct engine_thread *t)
{
	struct wave *w = &t->wave;
	uint32_t n = t->connections.high;

	if (!take_all(t) || n == 0)
		return;
	if (w->left ==
		0) { // by about the golden section: starts that follow each other lie far apart
		w->start = (uint32_t)((w->start + (uint64_t)n * 618 / 1000 + 1) % n);
		w->cursor = w->start;
	}
	w->stepped = false;
	stalled_begin(&t->stalled);
	w->left = n; // a wave under way goes once more round from where it is
}

void wave_lengthen(struct engine_thread *t)
{
	t->wave.left += t->wave.left > 0;
}

static void tell_of_stalled(struct engine_thread *t)
{
	unsigned n = stalled_report(&t->stalled, t->now);

	if (n > 0)
		engine_log(t->fanout, FANOUT_INFO,
			"%u subscribers have taken nothing for %u s or more; `uproar stats "
			"--slowest` shows the slowest",
			n, STALLED_SECONDS);
}

void wave_step(struct engine_thread *t)
{
	struct wave *w = &t->wave;
	unsigned looks = 0, sends = 0, most = w->stepped ? WAVE_SENDS : WAVE_FIRST_SENDS;

	w->stepped = true;
	while (w->left > 0 && sends < most && looks++ < WAVE_LOOKS) {
		if (w->cursor >= t->connections.high)
			w->cursor = 0;
		struct connection *c = &t->connections.slots[w->cursor++];
		w->left--;
		if (c->fd < 0 || !connection_is_subscriber(c))
			continue;
		if (c->blocked)
			stalled_see(&t->stalled, t->now - c->blocked_since);
		sends += connection_on_wave(c);
		connection_settle(c);
	}
	if (w->left == 0)
		tell_of_stalled(t);
}
