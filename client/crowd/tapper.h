/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The viewers and what they tap. Each has a session of its own and stays on one channel; each
 * datagram carries one new batch, numbered one above that viewer's batch before it. It repeats the
 * last three as well, unless it is text, so that a lost datagram loses nothing if another follows.
 */
#ifndef CLIENT_CROWD_TAPPER_H
#define CLIENT_CROWD_TAPPER_H

#include "client/catalogue.h"
#include "client/crowd/match.h"
#include "client/crowd/palette.h"
#include "client/crowd/sink.h"
#include "client/ticket.h"

enum {
	TAPPER_TAPS_MAX = 16, // in one batch
	TAPPER_KINDS_MAX = 3, // different emoji in one batch
	TAPPER_REPEATS = 3,   // batches
};

/* As on the wire. */
struct tapper_batch {
	uint8_t n;
	uint8_t pairs[2 * TAPPER_KINDS_MAX];
};

struct viewer {
	uint64_t session;
	uint32_t sequence; // of the newest batch; 0: none yet
	uint16_t channel;
	uint16_t side;
	struct tapper_batch last[TAPPER_REPEATS]; // of the session, newest first; n 0: none
	uint8_t ticket[WIRE_TICKET_LEN];          // if the tapper has an issuer
};

struct tapper {
	const struct catalogue *catalogue;
	struct palette palette;
	struct random chance;
	struct viewer *viewers;
	unsigned n;
	struct ticket_issuer *issuer; // not owned; NULL: without tickets
};

/*
 * Spreads the viewers over the channels, the first of which has the most. 0, or -ENOMEM. The
 * catalogue outlives the tapper.
 */
int tapper_init(struct tapper *t, const struct catalogue *catalogue, const uint16_t *channels,
	unsigned channel_count, unsigned viewers, uint64_t seed);

/*
 * From now on each viewer has a ticket for its session and channel, good for a year. 0, or -errno
 * of ticket_issue(). The issuer outlives the tapper.
 */
int tapper_use_tickets(struct tapper *t, struct ticket_issuer *issuer);

void tapper_free(struct tapper *t);

/* How many taps the next batch has: 1 to TAPPER_TAPS_MAX, about 3 on average. */
unsigned tapper_taps(struct tapper *t);

/* A datagram of so many new taps by some viewer, in the mood of the match. */
void tapper_make(struct tapper *t, const struct match *match, unsigned taps, struct datagram *out);

#endif
