/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/ledger.h"

#include <string.h>
#include <time.h>

/* How often the tallies are read again in the hope that nothing comes in meanwhile. */
enum { TRIES = 8 };

/* How often a frame that seems lost is looked for again, and how long each time at the most. */
enum { OFFERED_TRIES = 4, EMPTY_TRIES = 10 };

/* Sums consistent copies of all blocks. False if one of them could not be had. */
static bool sum_blocks(const struct store *s, struct worker_stats *sum)
{
	bool consistent = true;

	memset(sum, 0, sizeof(*sum));
	for (unsigned w = 0; w < s->workers; w++) {
		struct worker_stats one;

		consistent &= worker_block_read(&s->blocks[w], &one, &s->hung_in[w]);
		worker_stats_add(sum, &one);
	}
	return consistent;
}

/* A burst that adds to the tallies now is counted by its worker when it is done. */
static bool settle(const struct store *s)
{
	bool settled = true;

	for (unsigned w = 0; w < s->workers; w++)
		settled &= worker_block_settle(&s->blocks[w], &s->hung_in[w]);
	return settled;
}

/*
 * Growth of the tallies since the last window, and what was shown before: two sums over all rows.
 * Worker by worker, as they lie in memory: control has windows to close meanwhile.
 */
static void sum_rows(const struct store *s, uint64_t *not_yet_shown, uint64_t *shown)
{
	const struct store_shown *state = store_now_shown(s);
	size_t used = (size_t)store_rows_used(s) * s->stride;
	uint64_t counted = 0, before = 0;

	for (unsigned w = 0; w < s->workers; w++) {
		const uint64_t *tallies = store_row_tallies(s, w, 0);

		for (size_t i = 0; i < used; i++)
			counted += __atomic_load_n(&tallies[i], __ATOMIC_RELAXED);
	}
	for (size_t i = 0; i < used; i++)
		before += state->tallies[i];
	*not_yet_shown = counted - before;
	*shown = state->taps_retired + before;
}

/*
 * Returns whether the tallies lie between the counts before and after, and whether the windows
 * showed what the rows say was shown.
 */
static bool read_taps(struct ledger *l, const struct store *s)
{
	bool sound = false;

	l->taps_in_windows = store_now_shown(s)->taps_in_windows;
	for (unsigned i = 0; i < TRIES; i++) {
		struct worker_stats before;
		bool consistent = sum_blocks(s, &before);
		uint64_t shown;

		sum_rows(s, &l->taps_not_yet_merged, &shown);
		consistent &= settle(s);
		consistent &= sum_blocks(s, &l->workers);
		uint64_t tallies = shown + l->taps_not_yet_merged, after = l->workers.taps_counted;
		sound = consistent && before.taps_counted <= tallies && tallies <= after &&
			shown == l->taps_in_windows;
		l->taps_in_flight = after - tallies;
		if (!consistent ||
			after == before.taps_counted) // a worker that hangs goes on hanging
			break;
	}
	return sound;
}

static void read_ports(struct ledger *l, const struct dataplane *d)
{
	l->tells_offered = dataplane_ports(d) > 0;
	l->offered = l->imissed = l->nombuf = l->holds = 0;
	for (unsigned i = 0; i < dataplane_ports(d); i++) {
		struct dataplane_port_info info;

		dataplane_port_info(d, i, &info);
		l->tells_offered &= info.tells_offered;
		l->offered += info.offered;
		l->imissed += info.imissed;
		l->nombuf += info.nombuf;
		l->holds += info.holds;
	}
}

static uint64_t received(const struct store *s)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w < s->workers; w++)
		sum += __atomic_load_n(&s->blocks[w].stats.rx, __ATOMIC_ACQUIRE);
	return sum;
}

static void pause_briefly(void)
{
	const struct timespec half_a_ms = {.tv_nsec = 500000};

	nanosleep(&half_a_ms, NULL);
}

/*
 * Is a frame missing that was in a queue when this was called? True only if every worker has looked
 * through its whole queue since and the workers have not received so many. One that is busy, or has
 * no processor, leaves it open.
 */
static bool lost(const struct store *s, uint64_t rx_wanted)
{
	uint64_t seen[DATAPLANE_WORKERS_MAX];

	for (unsigned w = 0; w < s->workers; w++)
		seen[w] = worker_block_empty_polls(&s->blocks[w]);
	for (unsigned i = 0; i < EMPTY_TRIES && received(s) < rx_wanted; i++) {
		bool looked = true;

		for (unsigned w = 0; w < s->workers; w++)
			looked &= worker_block_empty_polls(&s->blocks[w]) - seen[w] >= 2;
		if (looked)
			return received(s) < rx_wanted;
		pause_briefly();
	}
	return false;
}

/*
 * What was offered is read between two counts of the workers: it is at least the first, and exceeds
 * the second by no more than the queues hold, of which nothing is lost. Frames that were counted
 * and are on their way into a queue arrive within a few tries.
 */
static bool read_offered(
	struct ledger *l, const struct store *s, const struct dataplane *d, uint64_t rx_before)
{
	bool sound = false;

	for (unsigned i = 0; i < OFFERED_TRIES && !sound; i++) {
		uint64_t rx = l->rx_here = received(s) - rx_before;
		read_ports(l, d);
		uint64_t got = l->offered - l->imissed - l->nombuf;

		if (!l->tells_offered)
			return true;
		l->waiting = got - rx;
		sound = got >= rx && got <= received(s) - rx_before + l->holds &&
			!lost(s, got + rx_before);
	}
	return sound;
}

static void state(
	struct ledger *l, unsigned i, const char *text, uint64_t left, uint64_t right, bool holds)
{
	l->identities[i] = (struct ledger_identity){text, left, right, holds && left == right};
	l->balanced &= l->identities[i].holds;
}

void ledger_read(
	struct ledger *l, const struct store *s, const struct dataplane *d, uint64_t rx_before)
{
	memset(l, 0, sizeof(*l));
	bool taps_sound = read_taps(l, s), offered_sound = read_offered(l, s, d, rx_before);
	const struct worker_stats *w = &l->workers;

	l->refused = worker_stats_refused(w);
	l->balanced = true;
	state(l, 0, "offered = rx + imissed + nombuf + waiting in the queues",
		l->tells_offered ? l->offered : l->rx_here,
		l->tells_offered ? l->rx_here + l->imissed + l->nombuf + l->waiting : l->rx_here,
		offered_sound);
	state(l, 1, "rx = accepted + refused + passed to the kernel", w->rx,
		w->accepted + l->refused + w->passed, true);
	state(l, 2, "batches in accepted datagrams = counted + duplicate + stale + limited",
		w->batches,
		w->batches_counted + w->batches_duplicate + w->batches_stale + w->batches_limited,
		true);
	state(l, 3, "taps counted = taps in windows + not yet merged + in flight", w->taps_counted,
		l->taps_in_windows + l->taps_not_yet_merged + l->taps_in_flight, taps_sound);
}
