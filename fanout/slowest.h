/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who of a thread's subscribers is slowest, found when control asks. The thread looks at some
 * connections in each turn and goes on serving in between; control comes back for the answer.
 */
#ifndef FANOUT_SLOWEST_H
#define FANOUT_SLOWEST_H

#include "fanout/fanout.h"

#include <stdatomic.h>

struct engine_thread;

enum { SLOWEST_LOOKS = 1024 }; // in a turn

struct slowest {
	_Atomic uint32_t asked;    // the number of the question; control: wo, thread: ro
	_Atomic uint32_t answered; // thread: wo, control: ro
	uint32_t looking_for;      // the question that is being looked into; thread only
	uint32_t cursor;           // next connection to look at; thread only
	/* The slowest first. thread: rw; control: ro, while asked and answered are equal. */
	struct fanout_slow list[FANOUT_SLOWEST_MAX];
	unsigned n;
};

/* control: a new question. The thread has to be woken. */
void slowest_ask(struct slowest *s);

/* control: is the answer there? */
bool slowest_is_answered(const struct slowest *s);

/* thread, when it was woken: looks on, if there is a question. */
void slowest_step(struct engine_thread *t);

/* Puts one into its place in a list with the slowest first; *n are there. */
void slowest_keep(struct fanout_slow list[static FANOUT_SLOWEST_MAX], unsigned *n,
	const struct fanout_slow *slow);

#endif
