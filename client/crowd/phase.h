/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A run of the crowd and the phases that it goes through, each of which ends by an event or at a
 * deadline. The loop (crowd.c) waits and takes the events; phase_step() draws the conclusions.
 */
#ifndef CLIENT_CROWD_PHASE_H
#define CLIENT_CROWD_PHASE_H

#include "client/crowd/feeder.h"
#include "client/crowd/options.h"
#include "client/crowd/scoreboard.h"
#include "client/crowd/show.h"
#include "client/ledger.h"
#include "client/subscription.h"

enum { CROWD_ARRIVE_SECONDS = 10 }; // for the catalogue, and for the first frames

enum phase {
	ARRIVING, // a window of each channel tells where its total stands
	TAPPING,
	DRAINING, // until all that was sent was counted
	ASKING,   // until the ledger has settled
	OVER,
};

struct crowd {
	const struct crowd_options *options;
	struct catalogue catalogue;
	struct subscription subscription;
	struct scoreboard board;
	struct tapper tapper;
	struct ticket_issuer *issuer; // NULL: no tickets
	struct feeder feeder;
	struct sink sink;
	struct show show;
	int signals;
	enum phase phase;
	bool failed;        // the run ends without a closing line
	uint64_t next_tick; // while TAPPING
	uint64_t deadline;  // of the phase
	uint32_t windows;   // seen when the phase began
	uint32_t asked;     // windows seen when the ledger was asked last
	struct ledger ledger;
};

/* Begins with ARRIVING. */
void phase_start(struct crowd *c);

/* Does what is due, and goes on to the next phase if this one is over. */
void phase_step(struct crowd *c);

/* SIGINT or SIGTERM came: the first ends the tapping, or the wait for it; any other the run. */
void phase_interrupt(struct crowd *c);

/* Ends the run without a closing line. */
void phase_fail(struct crowd *c);

/* When phase_step() is due even if nothing comes, by clock_now(). */
uint64_t phase_due(const struct crowd *c);

/* What the crowd is at, in words. */
const char *phase_words(const struct crowd *c);

#endif
