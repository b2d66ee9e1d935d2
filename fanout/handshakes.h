/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * TLS connections whose client has said something in its handshake. Dealing with that costs up to a
 * millisecond of asymmetric cryptography, so they wait for their turn, and what they have sent
 * waits in the socket: one of them for each turn of the loop, and while a wave is under way one for
 * every few turns, so that neither the beginning nor the end of a wave is later by more than that.
 */
#ifndef FANOUT_HANDSHAKES_H
#define FANOUT_HANDSHAKES_H

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct engine_thread;

enum { HANDSHAKE_WAVE_TURNS = 8 }; // of up to WAVE_SENDS sends each

struct handshakes {
	uint32_t first, last; // connection + 1; 0: nobody waits
	uint32_t held_back;   // turns that passed since, in a wave
};

/* Takes its place at the end, if it has none yet. It counts as an operation of the connection. */
void handshakes_wait(struct connection *c);

/* Somebody waits: the thread must not. */
static inline bool handshakes_are_due(const struct handshakes *h)
{
	return h->first != 0;
}

/* One turn. */
void handshakes_step(struct engine_thread *t);

/* Nobody has his turn any more: the end of the thread. */
void handshakes_forget(struct engine_thread *t);

#endif
