/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A timing wheel over the connections of a thread: a slot for each second of the next ones, in each
 * a list of those whose deadline falls on it. Setting and clearing cost the same however many there
 * are; once a second only those are looked at that may be due. A deadline further away than the
 * wheel goes round lies in its slot until its turn comes.
 */
#ifndef FANOUT_DEADLINES_H
#define FANOUT_DEADLINES_H

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct engine_thread;

enum { DEADLINE_SLOTS = 256 };

struct deadlines {
	uint32_t now;                   // seconds of CLOCK_MONOTONIC up to which all were handled
	uint32_t slots[DEADLINE_SLOTS]; // connection + 1; 0: none
	uint32_t next;                  // to be looked at, the same way
};

/* One that is set already moves. */
void deadline_set(struct connection *c, uint32_t seconds);
void deadline_clear(struct connection *c);

/* Calls visit for each connection whose deadline has passed by now; it is cleared before. */
void deadlines_pass(struct engine_thread *t, uint32_t now, void (*visit)(struct connection *c));

#endif
