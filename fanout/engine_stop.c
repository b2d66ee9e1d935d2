/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The end of a fan-out thread: what was published goes out, every client is told in its protocol
 * that this is the end, and the kernel lets go of every buffer. Who takes nothing is not waited
 * for: a connection that is blocked has nothing under way.
 */

#include "fanout/engine.h"

enum { LAST_WORDS_MS = 500, STOP_TURNS = 200, STOP_WAIT_MS = 10 };

static bool anybody_sends(const struct engine_thread *t)
{
	for (uint32_t i = 0; i < t->connections.high; i++) {
		if (t->connections.slots[i].sending)
			return true;
	}
	return false;
}

/* Until the sends that are under way have ended. */
static void send_out(struct engine_thread *t, uint64_t until)
{
	while ((t->wave.left > 0 || anybody_sends(t)) && engine_clock_ms() < until) {
		engine_turn(t, t->wave.left > 0 ? 0 : STOP_WAIT_MS);
		wave_step(t);
	}
}

/* What was published before the end goes to all who can take it now. */
static void send_last_frames(struct engine_thread *t, uint64_t until)
{
	wave_begin(t);
	wave_step(t);
	send_out(t, until);
}

static void say_goodbye(struct engine_thread *t, uint64_t until)
{
	unsigned sends = 0;

	for (uint32_t i = 0; i < t->connections.high && engine_clock_ms() < until; i++) {
		struct connection *c = &t->connections.slots[i];

		if (c->fd < 0 || c->closing || c->finishing)
			continue;
		connection_tell_stopping(c);
		sends += c->sending;
		connection_settle(c);
		if (sends == WAVE_SENDS) { // so that the completion queue never overflows
			sends = 0;
			engine_turn(t, 0);
		}
	}
	send_out(t, until);
}

static void cancel(struct engine_thread *t, uint64_t user_data)
{
	struct io_uring_sqe *sqe = ring_sqe(&t->ring);

	if (sqe != NULL)
		io_uring_prep_cancel64(sqe, user_data, IORING_ASYNC_CANCEL_ALL);
}

/*
 * Closes all and waits until the kernel has let go of every buffer. Not by cancelling whatever
 * there is: with ten thousand polls that takes the kernel half a second.
 */
static void wind_up(struct engine_thread *t)
{
	struct connection_table *table = &t->connections;
	bool open = true;

	handshakes_forget(t);
	cancel(t, ring_user_data(RING_WAKE, 0, 0));
	for (unsigned i = 0; i < t->fanout->n_listeners; i++)
		cancel(t, ring_user_data(RING_ACCEPT, 0, i));
	for (unsigned turns = 0; open && turns < STOP_TURNS; turns++) {
		open = false;
		for (uint32_t i = 0; i < table->high; i++) {
			struct connection *c = &table->slots[i];

			if (c->fd < 0)
				continue;
			connection_close(c);
			connection_settle(c);
			open = open || c->fd >= 0;
		}
		engine_turn(t, STOP_WAIT_MS);
	}
}

void engine_stop(struct engine_thread *t)
{
	uint64_t until = engine_clock_ms() + LAST_WORDS_MS;

	send_last_frames(t, until);
	say_goodbye(t, until);
	wind_up(t);
}
