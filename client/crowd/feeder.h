/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Feeds the sink with what the crowd taps: the match sets the rate, the pace says when, the tapper
 * what. A tap counts as sent once the sink has taken its datagram; until then the datagram waits,
 * and with it all behind it.
 */
#ifndef CLIENT_CROWD_FEEDER_H
#define CLIENT_CROWD_FEEDER_H

#include "client/crowd/pace.h"
#include "client/crowd/sink.h"
#include "client/crowd/tapper.h"

enum { FEEDER_BURST = 64, FEEDER_TURN_MAX = 256 };

struct feeder {
	struct match match;
	struct tapper *tapper;
	struct sink sink;
	struct pace pace;
	struct random chance;
	uint64_t rate; // taps per second between the moments
	uint64_t last; // ns, of the newest turn
	unsigned next_taps;
	unsigned waiting, first; // datagrams made and not yet taken
	struct datagram burst[FEEDER_BURST];
	uint64_t taps_sent, datagrams_sent;
};

void feeder_start(struct feeder *f, struct tapper *tapper, struct sink sink, uint64_t rate,
	uint64_t seed, uint64_t now);

/*
 * Makes and sends what is due, at most FEEDER_TURN_MAX datagrams. 0; 1 if more is due already; or
 * what the sink failed with.
 */
int feeder_turn(struct feeder *f, uint64_t now);

#endif
