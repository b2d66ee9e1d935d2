/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From control to one fan-out thread: of each channel the newest frame, and which channels changed.
 *
 * There is no queue. A slot per channel holds a pointer; control exchanges it for the newer frame
 * and frees what it gets back (a frame that the thread had not taken yet: newest replacing older),
 * the thread exchanges it for NULL. Neither ever waits for the other. A bitmap says which slots to
 * look at, and a summary of it which words of the bitmap.
 */
#ifndef FANOUT_MAILBOX_H
#define FANOUT_MAILBOX_H

#include "fanout/channel.h"
#include "fanout/held_frame.h"

#include <stdatomic.h>

enum {
	MAILBOX_CHANNELS = CHANNELS_MAX,
	MAILBOX_WORDS = MAILBOX_CHANNELS / 64,
	MAILBOX_SUMMARY = MAILBOX_WORDS / 64,
};

struct mailbox { // control puts, the thread takes
	_Atomic(struct held_frame *) slots[MAILBOX_CHANNELS];
	_Atomic uint64_t dirty[MAILBOX_WORDS];
	_Atomic uint64_t summary[MAILBOX_SUMMARY];
};

/* All empty. NULL if there is no memory. */
struct mailbox *mailbox_new(void);

/* Frees what nobody took, too. NULL is allowed. */
void mailbox_free(struct mailbox *m);

/* control: f is the channel's newest frame, and is no longer the caller's. */
void mailbox_put(struct mailbox *m, struct held_frame *f);

/* control: something else about the channel changed. */
void mailbox_mark(struct mailbox *m, uint16_t channel);

/*
 * thread: calls visit for each channel that changed since the last call, with its newest frame, now
 * the caller's, or NULL if there is no new one. Returns how many channels were visited.
 */
unsigned mailbox_take(struct mailbox *m,
	void (*visit)(void *arg, uint16_t channel, struct held_frame *f), void *arg);

#endif
