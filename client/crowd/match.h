/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A match with its moments. Between them the crowd is calm or tense; at a moment it jumps to ten
 * times its rate and into other moods, the two sides often into different ones, and calms down
 * within seconds. The whole course follows from the seed.
 */
#ifndef CLIENT_CROWD_MATCH_H
#define CLIENT_CROWD_MATCH_H

#include "client/crowd/random.h"

#include <stdint.h>

enum mood { MOOD_CALM, MOOD_TENSE, MOOD_JOY, MOOD_AWE, MOOD_ANGER, MOOD_SORROW, MOODS };

struct moment {
	const char *name;
	enum mood side[2];
};

struct match {
	struct random chance;
	uint64_t moment_at; // ns; of the newest moment, 0 before the first
	uint64_t next_at;   // of the next one
	uint64_t base_until;
	struct moment moment;
	enum mood base;
	double surge; // 0: none, 1: at the height of a moment
};

enum { MATCH_SURGE = 10 }; // times the usual rate

void match_start(struct match *m, uint64_t seed, uint64_t now);

/* Moves it on to now (ns); returns the rate as a multiple of the usual one, 1 to MATCH_SURGE. */
double match_advance(struct match *m, uint64_t now);

/* The mood of one tap of this side (0 or 1), by chance: of the moment, or of the time between. */
enum mood match_mood(const struct match *m, unsigned side, struct random *chance);

/* What is going on, in words. */
const char *match_words(const struct match *m);

#endif
