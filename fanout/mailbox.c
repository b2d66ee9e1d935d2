/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Order: control stores the slot, then the bit, then the summary; the thread clears the summary,
 * then the bit, then empties the slot. A change that comes in between is seen now, or its bits are
 * still set at the next call.
 */

#include "fanout/mailbox.h"

#include <stdlib.h>

struct mailbox *mailbox_new(void)
{
	return calloc(1, sizeof(struct mailbox)); // 520 KB, of which unused pages cost nothing
}

static void free_frame(void *arg, uint16_t channel, struct held_frame *f)
{
	held_frame_free(f);
}

void mailbox_free(struct mailbox *m)
{
	if (m == NULL)
		return;
	mailbox_take(m, free_frame, NULL);
	free(m);
}

void mailbox_mark(struct mailbox *m, uint16_t channel)
{
	unsigned word = channel / 64;

	atomic_fetch_or_explicit(&m->dirty[word], 1ull << (channel % 64), memory_order_release);
	atomic_fetch_or_explicit(&m->summary[word / 64], 1ull << (word % 64), memory_order_release);
}

void mailbox_put(struct mailbox *m, struct held_frame *f)
{
	uint16_t channel = f->channel;

	held_frame_free(atomic_exchange_explicit(&m->slots[channel], f, memory_order_acq_rel));
	mailbox_mark(m, channel);
}

static unsigned take_word(struct mailbox *m, unsigned word,
	void (*visit)(void *arg, uint16_t channel, struct held_frame *f), void *arg)
{
	uint64_t bits = atomic_exchange_explicit(&m->dirty[word], 0, memory_order_acquire);
	unsigned visited = 0;

	for (; bits != 0; bits &= bits - 1, visited++) {
		unsigned channel = word * 64 + (unsigned)__builtin_ctzll(bits);

		visit(arg, (uint16_t)channel,
			atomic_exchange_explicit(&m->slots[channel], NULL, memory_order_acq_rel));
	}
	return visited;
}

unsigned mailbox_take(struct mailbox *m,
	void (*visit)(void *arg, uint16_t channel, struct held_frame *f), void *arg)
{
	unsigned visited = 0;

	for (unsigned s = 0; s < MAILBOX_SUMMARY; s++) {
		uint64_t words = atomic_exchange_explicit(&m->summary[s], 0, memory_order_acquire);

		for (; words != 0; words &= words - 1)
			visited +=
				take_word(m, s * 64 + (unsigned)__builtin_ctzll(words), visit, arg);
	}
	return visited;
}
