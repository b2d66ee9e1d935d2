/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The control thread's side of tickets: reads the keys, gives them to the gate that workers look
 * into, changes them while workers run, and tells the gate the time.
 */
#ifndef CONTROL_TICKET_ADMISSION_H
#define CONTROL_TICKET_ADMISSION_H

#include "control/config.h"
#include "dataplane/ticket.h"

struct key_set;
struct dataplane;

enum { TICKET_REPORT_MAX = 512 };

struct ticket_admission {
	const char *path;         // NULL: no channel wants tickets
	struct ticket_gate *gate; // the policy's
	struct key_set *keys;     // that workers are given
	struct key_set *retired;  // that a worker may still be using; the newest first
};

/*
 * Before the workers start: the keys into the gate, if a channel wants tickets, and the time. 0, or
 * -errno with a sentence in error.
 */
int ticket_admission_open(struct ticket_admission *t, const struct config *config,
	struct ticket_gate *gate, char *error, size_t cap);

/*
 * Reads the file again: all keys of it take the place of all before, or none does. 0, or -errno;
 * report says in any case what happened.
 */
int ticket_admission_reload(
	struct ticket_admission *t, struct dataplane *dataplane, char report[TICKET_REPORT_MAX]);

/*
 * The time into the gate, and away with the keys that no worker uses any more. Returns in how many
 * milliseconds the next second begins: call it again by then.
 */
int ticket_admission_turn(struct ticket_admission *t, struct dataplane *dataplane);

/* After the workers have stopped. */
void ticket_admission_close(struct ticket_admission *t);

#endif
