/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/palette.h"

#include <math.h>

/* Weights that a mood likes, how sharply, and by how many places its ranking is turned. */
static const struct {
	double centre, width;
	unsigned turn;
} tastes[MOODS] = {
	[MOOD_CALM] = {0.3, 0.7, 0},
	[MOOD_TENSE] = {0.0, 0.35, 2},
	[MOOD_JOY] = {0.9, 0.35, 1},
	[MOOD_AWE] = {0.55, 0.4, 3},
	[MOOD_ANGER] = {-0.9, 0.4, 0},
	[MOOD_SORROW] = {-0.5, 0.35, 2},
};

#define ZIPF 1.1
#define FLOOR 0.004 // nobody agrees with everybody

static double liking(const struct catalogue *c, enum mood mood, unsigned i)
{
	double off = (c->reaction[i].weight - tastes[mood].centre) / tastes[mood].width;
	unsigned rank = 1 + (i + tastes[mood].turn) % c->reactions;

	return (exp(-off * off) + FLOOR) / pow(rank, ZIPF);
}

void palette_make(struct palette *p, const struct catalogue *catalogue)
{
	p->n = catalogue->reactions;
	for (enum mood mood = 0; mood < MOODS; mood++) {
		double sum = 0;

		for (unsigned i = 0; i < p->n; i++)
			p->upto[mood][i] = sum += liking(catalogue, mood, i);
		for (unsigned i = 0; i < p->n; i++)
			p->upto[mood][i] /= sum;
		p->upto[mood][p->n - 1] = 1;
	}
}

unsigned palette_pick(const struct palette *p, enum mood mood, double point)
{
	unsigned low = 0, high = p->n - 1;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (p->upto[mood][middle] > point)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
