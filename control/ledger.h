/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The ledger: identities that hold if nothing was lost and nothing counted twice, checked on a
 * consistent reading of a running appliance.
 *
 * The workers are not stopped for it. What they do while the tallies are read is bracketed: their
 * own count of taps is read before and after, and the tallies must lie between (taps_in_flight is
 * what remains; 0 when nothing came in meanwhile).
 */
#ifndef CONTROL_LEDGER_H
#define CONTROL_LEDGER_H

#include "control/store.h"

enum { LEDGER_IDENTITIES = 4 };

struct ledger_identity {
	const char *text;
	uint64_t left, right;
	bool holds;
};

struct ledger {
	/* Since this process started, all ports. */
	bool tells_offered;
	uint64_t offered;
	uint64_t imissed;
	uint64_t nombuf;
	uint64_t rx_here; // by the workers
	uint64_t waiting; // offered, not yet taken by a worker
	uint64_t holds;   // how many may wait in the queues

	/* Since the arena was made, all workers. */
	struct worker_stats workers;
	uint64_t refused;
	uint64_t taps_in_windows;
	uint64_t taps_not_yet_merged;
	uint64_t taps_in_flight;

	struct ledger_identity identities[LEDGER_IDENTITIES];
	bool balanced;
};

/* rx_before: what the workers had received when this process started. */
void ledger_read(
	struct ledger *l, const struct store *s, const struct dataplane *d, uint64_t rx_before);

#endif
