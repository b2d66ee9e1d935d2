/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/ledger.h"

#include "control/recovery.h"

#include <string.h>

/* How often the tallies are read again in the hope that nothing comes in meanwhile. */
enum { TRIES = 8 };

/* Sums consistent copies of all blocks. False if one of them could not be had. */
static bool sum_blocks(const struct store *s, struct worker_stats *sum)
{
	bool consistent = true;

	memset(sum, 0, sizeof(*sum));
	for (unsigned w = 0; w < s->workers; w++) {
		struct worker_stats one;

		consistent &= worker_block_read(&s->blocks[w], &one);
		worker_stats_add(sum, &one);
	}
	return consistent;
}

/* A burst that adds to the tallies now is counted by its worker when it is done. */
static bool settle(const struct store *s)
{
	bool settled = true;

	for (unsigned w = 0; w < s->workers; w++)
		settled &= worker_block_settle(&s->blocks[w]);
	return settled;
}

/* Returns whether the tallies lie between the counts before and after. */
static bool read_taps(struct ledger *l, const struct store *s)
{
	bool sound = false;

	for (unsigned i = 0; i < TRIES; i++) {
		struct worker_stats before;
		bool consistent = sum_blocks(s, &before);
		uint64_t tallies = recovery_taps_in_tallies(s);

		consistent &= settle(s);
		consistent &= sum_blocks(s, &l->workers);
		uint64_t after = l->workers.taps_counted;
		sound = consistent && before.taps_counted <= tallies && tallies <= after;
		l->taps_in_windows = store_now_shown(s)->taps_in_windows;
		l->taps_not_yet_merged = tallies - l->taps_in_windows;
		l->taps_in_flight = after - tallies;
		if (!consistent ||
			after == before.taps_counted) // a worker that hangs goes on hanging
			break;
	}
	return sound;
}

static void read_ports(struct ledger *l, const struct dataplane *d, uint64_t rx)
{
	l->tells_offered = dataplane_ports(d) > 0;
	for (unsigned i = 0; i < dataplane_ports(d); i++) {
		struct dataplane_port_info info;

		dataplane_port_info(d, i, &info);
		l->tells_offered &= info.tells_offered;
		l->offered += info.offered;
		l->imissed += info.imissed;
		l->nombuf += info.nombuf;
	}
	if (l->tells_offered)
		l->waiting = l->offered - rx - l->imissed - l->nombuf;
}

static void state(
	struct ledger *l, unsigned i, const char *text, uint64_t left, uint64_t right, bool holds)
{
	l->identities[i] = (struct ledger_identity){text, left, right, holds && left == right};
	l->balanced &= l->identities[i].holds;
}

/* More cannot wait than the queues hold: the rest would be lost without a name. */
static bool plausible_wait(const struct ledger *l, const struct store *s)
{
	enum { QUEUE_HOLDS = 2048 + 2 * 64 };

	return !l->tells_offered || l->waiting <= (uint64_t)s->workers * QUEUE_HOLDS;
}

void ledger_read(
	struct ledger *l, const struct store *s, const struct dataplane *d, uint64_t rx_before)
{
	memset(l, 0, sizeof(*l));
	bool sound = read_taps(l, s);
	const struct worker_stats *w = &l->workers;
	uint64_t rx = w->rx - rx_before;

	/* Ports are read behind the workers, so that they have seen at least as much. */
	read_ports(l, d, rx);
	l->refused = worker_stats_refused(w);
	l->balanced = true;
	state(l, 0, "offered = rx + imissed + nombuf + waiting in the queues",
		l->tells_offered ? l->offered : rx,
		l->tells_offered ? rx + l->imissed + l->nombuf + l->waiting : rx,
		plausible_wait(l, s));
	state(l, 1, "rx = accepted + refused + passed to the kernel", w->rx,
		w->accepted + l->refused + l->passed, true);
	state(l, 2, "batches in accepted datagrams = counted + repeated", w->batches,
		w->batches_counted + w->batches_repeated, true);
	state(l, 3, "taps counted = taps in windows + not yet merged + in flight", w->taps_counted,
		l->taps_in_windows + l->taps_not_yet_merged + l->taps_in_flight, sound);
}
