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
	struct ticket_gate *gate; // of the policy that workers have
	struct key_set *keys;     // in it; NULL: no channel wants tickets
	struct key_set *retired;  // that a worker may still be using; the newest first
};

/*
 * Reads the keys, if a channel of this configuration wants tickets; else *out is NULL. From any
 * thread. 0, or -errno with a sentence in error.
 */
int ticket_keys_read(const struct config *config, struct key_set **out, char *error, size_t cap);
void ticket_keys_free(struct key_set *set); // that nobody was given; NULL is allowed

/* The keys, which are owned from now on, and the time into the gate, before workers have it. */
void ticket_admission_open(
	struct ticket_admission *t, struct ticket_gate *gate, struct key_set *set);

/*
 * The same with the gate of another policy; returns the keys before, for ticket_admission_retire()
 * once workers were given that policy. The report says what is new; it is empty where there are no
 * keys.
 */
struct key_set *ticket_admission_replace(struct ticket_admission *t, struct ticket_gate *gate,
	struct key_set *set, char report[TICKET_REPORT_MAX]);
void ticket_admission_retire(
	struct ticket_admission *t, struct key_set *before, struct dataplane *dataplane);

/*
 * The time into the gate, and away with the keys that no worker uses any more. Returns in how many
 * milliseconds the next second begins: call it again by then.
 */
int ticket_admission_turn(struct ticket_admission *t, struct dataplane *dataplane);

/* After the workers have stopped. */
void ticket_admission_close(struct ticket_admission *t);

#endif
