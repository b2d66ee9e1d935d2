/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A wave: after new frames have come, every connection of the thread is looked at once, and those
 * that are idle begin to send. It goes in steps that fit the ring, with completions handled in
 * between. Each wave begins at another connection, so that nobody is always last.
 */
#ifndef FANOUT_WAVE_H
#define FANOUT_WAVE_H

#include <stdbool.h>
#include <stdint.h>

struct engine_thread;

enum {
	WAVE_SENDS = 512,      // a step: at most half the submission queue
	WAVE_FIRST_SENDS = 16, // the first: so that it is known when it began
	WAVE_LOOKS = 8192,     // a step: those to which nothing is sent cost time as well
};

struct wave {
	uint32_t cursor; // next connection to look at
	uint32_t left;   // how many are still to be looked at; 0: no wave
	uint32_t start;  // where the last wave began
	uint32_t frames; // that it brought
	uint64_t ended;  // the window of these frames, as in struct fanout
	bool stepped;    // its first step is done
};

/* Takes what control has put into the mailbox and begins a wave if there is something new. */
void wave_begin(struct engine_thread *t);

/* There is one connection more to go round: else the last one would be missed. */
void wave_lengthen(struct engine_thread *t);

/* Queues the next sends. While some of the wave is left, the thread must not wait. */
void wave_step(struct engine_thread *t);

#endif
