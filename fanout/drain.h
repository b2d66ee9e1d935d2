/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Before the end of the fan-out everybody is told in their protocol, so that clients go elsewhere
 * or come back later, but not all at once: at a random moment each, spread over a time that
 * control chooses. New connections are not accepted; frames still go to those who are there.
 */
#ifndef FANOUT_DRAIN_H
#define FANOUT_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct engine_thread;

struct drain {
	bool begun;
	uint64_t began; // milliseconds of CLOCK_MONOTONIC
	uint64_t length;
	uint32_t n;    // slots of the table to go through, in an order that looks random:
	uint32_t at;   // the slot that was looked at last,
	uint32_t step; // how much further the next is, modulo n
	uint32_t done;
};

enum { DRAIN_TURN_MS = 10 }; // while it lasts, a thread waits no longer for completions

/* Any number: what clients are told should not be the same for all. */
uint32_t drain_random(void);

/* Begins when control has asked for it, and tells those whose moment has come. */
void drain_step(struct engine_thread *t);

#endif
