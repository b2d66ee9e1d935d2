/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/timeline_points.h"

/* As many are to be free after older ones were joined, so that it is not done for each new one. */
enum { FREE_WANTED = TIMELINE_POINTS / 8 };

static uint64_t length_of(const struct timeline_point *p)
{
	return p->ends - p->begins;
}

/* A hole in which nothing was counted stays one. */
static bool follow_each_other(const struct timeline_point *a, const struct timeline_point *b)
{
	return b->begins - a->ends <= length_of(a) / 2;
}

static void join(struct timeline_point *a, const struct timeline_point *b)
{
	uint64_t taps = a->taps + b->taps;

	if (taps > 0)
		a->score = (float)(((double)a->score * (double)a->taps +
					   (double)b->score * (double)b->taps) /
				   (double)taps);
	a->taps = taps;
	a->ends = b->ends;
	a->reactors = a->reactors > b->reactors ? a->reactors : b->reactors;
	a->intensity = a->intensity > b->intensity ? a->intensity : b->intensity;
	a->surge |= b->surge;
}

/* Joins neighbours among the first n as long as they are no longer than the grain. */
static void join_older(struct timeline_points *t, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 1; i < t->n; i++) {
		struct timeline_point *last = &t->points[kept];
		const struct timeline_point *p = &t->points[i];

		if (i < n && follow_each_other(last, p) && p->ends - last->begins <= t->grain)
			join(last, p);
		else
			t->points[++kept] = *p;
	}
	t->n = kept + 1;
}

static void make_room(struct timeline_points *t)
{
	const unsigned coarse = TIMELINE_POINTS - TIMELINE_FINE;

	if (t->grain == 0)
		t->grain = 2 * length_of(&t->points[0]) + 1;
	for (unsigned i = 0; t->n > TIMELINE_POINTS - FREE_WANTED && i < 40; i++) {
		join_older(t, t->n > TIMELINE_FINE ? t->n - TIMELINE_FINE : coarse);
		if (t->n > TIMELINE_POINTS - FREE_WANTED)
			t->grain *= 2;
	}
	while (t->n == TIMELINE_POINTS) { // nothing but holes: the oldest are forgotten
		for (unsigned i = FREE_WANTED; i < t->n; i++)
			t->points[i - FREE_WANTED] = t->points[i];
		t->n -= FREE_WANTED;
	}
}

void timeline_points_add(struct timeline_points *t, struct timeline_point p)
{
	if (t->n > 0 && p.begins < t->points[t->n - 1].ends)
		p.begins = t->points[t->n - 1].ends;
	if (p.ends <= p.begins)
		return;
	if (t->n == TIMELINE_POINTS)
		make_room(t);
	t->points[t->n++] = p;
}
