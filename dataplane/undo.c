/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/undo.h"

static bool same(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

/* Does a slot say that this sequence of this session was counted? Beyond its window it may. */
static bool marked(const uint64_t slot[2], uint64_t session, uint32_t sequence)
{
	uint32_t newest = (uint32_t)(slot[1] >> 32);

	if (session_of(slot[0]) != session || sequence > newest)
		return false;
	return newest - sequence >= SESSION_WINDOW || (slot[1] >> (newest - sequence) & 1) != 0;
}

/* Is a batch that this record would have claimed still unclaimed? */
static bool still_unclaimed(const struct undo *u, const uint64_t now[2])
{
	uint64_t session = session_of(u->becomes[0]);
	uint32_t newest = (uint32_t)(u->becomes[1] >> 32);

	if (session_of(now[0]) != session)
		return false;
	for (uint32_t d = 0; d < SESSION_WINDOW && d < newest; d++) {
		if ((u->becomes[1] >> d & 1) != 0 && !marked(u->was, session, newest - d) &&
			!marked(now, session, newest - d))
			return true;
	}
	return false;
}

enum claimed { CLAIMED_NO, CLAIMED_YES, CLAIMED_PERHAPS };

/* What the records of the others tell: they keep what they saw in the slot and made of it. */
static enum claimed ask_others(
	const struct undo *all, unsigned workers, unsigned self, const uint64_t now[2])
{
	const struct undo *u = &all[self];

	for (unsigned w = 0; w < workers; w++) {
		const struct undo *other = &all[w];

		if (w == self || other->slot != u->slot)
			continue;
		if (same(other->was, u->becomes))
			return CLAIMED_YES;
		if (same(other->was, u->was) && same(other->becomes, now))
			return CLAIMED_NO;
	}
	return CLAIMED_PERHAPS;
}

static enum claimed was_claimed(
	const struct undo *all, unsigned workers, unsigned self, const struct sessions *s)
{
	const struct undo *u = &all[self];
	const struct session_bucket *b =
		&s->buckets[u->slot * sizeof(struct session_slot) / sizeof(struct session_bucket)];
	const struct session_slot *slot =
		&b->slots[u->slot % (sizeof(*b) / sizeof(struct session_slot))];
	const uint64_t now[2] = {slot->who, slot->seen};

	if (undo_step_of(u->progress) != UNDO_ARMED || same(now, u->becomes))
		return CLAIMED_YES;
	if (same(now, u->was) || still_unclaimed(u, now))
		return CLAIMED_NO;
	return ask_others(all, workers, self, now);
}

/* The addition that was being made was made if the tally is no longer what it was. */
static void finish(struct undo *u, uint64_t *row)
{
	unsigned step = undo_step_of(u->progress), i = 0;

	if (step != UNDO_ARMED) {
		uint64_t tally = row[undo_reaction(u->adds[step - 1])];
		bool made = (tally ^ u->progress) << (64 - UNDO_TALLY_BITS) != 0;

		i = made ? step : step - 1;
	}
	undo_add_from(u, row, i);
}

static uint64_t taps_of(const struct undo *u)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < u->n; i++)
		sum += undo_count(u->adds[i]);
	return sum;
}

enum undo_outcome undo_resolve(struct undo *all, unsigned workers, unsigned self,
	const struct sessions *s, uint64_t *tallies, uint32_t rows, uint32_t stride,
	uint64_t *in_doubt)
{
	struct undo *u = &all[self];

	if (undo_step_of(u->progress) == 0)
		return UNDO_NOTHING;
	switch (was_claimed(all, workers, self, s)) {
	case CLAIMED_YES:
		finish(u, tallies + (size_t)u->row * stride);
		return UNDO_FINISHED;
	case CLAIMED_NO:
		undo_idle(u);
		return UNDO_LEFT_OUT;
	default:
		*in_doubt += taps_of(u);
		undo_idle(u);
		return UNDO_IN_DOUBT;
	}
}
