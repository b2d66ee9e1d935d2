/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/match.h"

#define SECOND 1e9
#define FADE (3.0 * SECOND) // a surge falls to 1/e in this time

static const struct moment moments[] = {
	{"a goal", {MOOD_JOY, MOOD_SORROW}},
	{"a wonder of a save", {MOOD_AWE, MOOD_AWE}},
	{"a foul", {MOOD_ANGER, MOOD_TENSE}},
	{"a wrong decision", {MOOD_ANGER, MOOD_ANGER}},
	{"a near miss", {MOOD_SORROW, MOOD_AWE}},
	{"a party in the stands", {MOOD_JOY, MOOD_JOY}},
};

enum { MOMENTS = sizeof(moments) / sizeof(moments[0]) };

static uint64_t between(struct random *chance, double least, double most)
{
	return (uint64_t)((least + random_unit(chance) * (most - least)) * SECOND);
}

void match_start(struct match *m, uint64_t seed, uint64_t now)
{
	*m = (struct match){.base = MOOD_CALM};
	random_seed(&m->chance, seed);
	m->next_at = now + between(&m->chance, 3, 8);
	m->base_until = now + between(&m->chance, 10, 30);
}

static void begin_moment(struct match *m)
{
	m->moment = moments[random_below(&m->chance, MOMENTS)];
	if (random_below(&m->chance, 2) == 1) { // for the other side
		enum mood first = m->moment.side[0];

		m->moment.side[0] = m->moment.side[1];
		m->moment.side[1] = first;
	}
	m->moment_at = m->next_at;
	m->next_at += between(&m->chance, 15, 40);
}

double match_advance(struct match *m, uint64_t now)
{
	while (now >= m->next_at)
		begin_moment(m);
	while (now >= m->base_until) {
		m->base = m->base == MOOD_CALM ? MOOD_TENSE : MOOD_CALM;
		m->base_until += between(&m->chance, 10, 30);
	}
	m->surge = m->moment_at == 0 ? 0 : exp(-(double)(now - m->moment_at) / FADE);
	if (m->surge < 0.01)
		m->surge = 0;
	return 1 + (MATCH_SURGE - 1) * m->surge;
}

enum mood match_mood(const struct match *m, unsigned side, struct random *chance)
{
	double extra = (MATCH_SURGE - 1) * m->surge;

	if (random_unit(chance) * (1 + extra) < extra)
		return m->moment.side[side & 1];
	return m->base;
}

const char *match_words(const struct match *m)
{
	if (m->surge > 0.1)
		return m->moment.name;
	return m->base == MOOD_CALM ? "a calm passage" : "a tense passage";
}
