/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a worker does when its queue is empty. It steps down by how long it has seen no frame:
 *
 *   spin    a pause instruction between two looks; for as long as a nap would be, so that waiting
 *           never costs more than twice what it must (the "ski rental" argument), and a worker
 *           with work to do never gets further than this
 *   pause   where the processor has it (WAITPKG), TPAUSE: it saves power, but keeps the CPU
 *   nap     a sleep in the kernel, which gives the CPU to others
 *
 * A frame that comes during a nap waits for its end. A nap as the kernel makes it takes longer than
 * was asked (16 µs here, see docs/performance.md), so the excess of the last ones is taken off the
 * next: naps as they are measured last for the configured bound. One that lasts longer still,
 * because somebody else has the CPU, nobody can shorten.
 *
 * All times are ticks of the time stamp counter.
 */
#ifndef DATAPLANE_IDLE_H
#define DATAPLANE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

enum idle_step { IDLE_SPIN, IDLE_PAUSE, IDLE_NAP };

/* How many bounds long nothing must come before a worker that can pause leaves that for naps. */
enum { IDLE_PAUSES = 100 };

struct idle {
	uint64_t bound;      // how long a frame may wait for a worker that sleeps
	uint64_t spin_until; // without a frame for so long
	uint64_t pause_until;
	uint64_t since;  // the last turn that brought frames
	uint64_t excess; // of the last naps, over what was asked
};

/* bound 0: always spin. */
static inline void idle_init(struct idle *i, uint64_t bound, bool can_pause, uint64_t now)
{
	*i = (struct idle){.bound = bound, .since = now};
	i->spin_until = bound > 0 ? bound : UINT64_MAX;
	i->pause_until = can_pause ? IDLE_PAUSES * bound : 0;
}

static inline void idle_saw_frames(struct idle *i, uint64_t now)
{
	i->since = now;
}

static inline enum idle_step idle_next(const struct idle *i, uint64_t now)
{
	uint64_t quiet = now - i->since;

	if (quiet < i->spin_until)
		return IDLE_SPIN;
	return quiet < i->pause_until ? IDLE_PAUSE : IDLE_NAP;
}

/* How long to ask for: at least half the bound, or a busy machine would have us spin by napping. */
static inline uint64_t idle_nap(const struct idle *i)
{
	return i->bound - (i->excess < i->bound / 2 ? i->excess : i->bound / 2);
}

/* A longer excess counts at once, a shorter one by an eighth: rather too short a nap than too long.
 */
static inline void idle_woke(struct idle *i, uint64_t asked, uint64_t took)
{
	uint64_t excess = took > asked ? took - asked : 0;

	if (excess >= i->excess)
		i->excess = excess;
	else
		i->excess -= (i->excess - excess + 7) / 8;
}

#endif
