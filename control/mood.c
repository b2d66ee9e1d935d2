/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/mood.h"

#include "wire/limits.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A surge is not the usual: while it lasts, the usual rate follows so much more slowly. */
static const double surge_slower = 4;

/* What is recent is forgotten so much faster than what is usual. */
static const double recent_faster = 6;

/* A rate that is still being learned makes no surge. */
enum { SURGE_WINDOWS_MIN = 3 };

struct remainder {
	uint64_t rest;
	unsigned id;
};

/* Largest first; the smaller id where they are equal, so that order of arrival changes nothing. */
static int by_rest(const void *a, const void *b)
{
	const struct remainder *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest < y->rest ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

void mood_shares(const uint64_t *counts, unsigned n, uint16_t *shares)
{
	struct remainder rests[WIRE_REACTIONS_MAX];
	unsigned __int128 taps = 0;
	unsigned missing = FRAME_SHARE_ONE;

	for (unsigned i = 0; i < n; i++)
		taps += counts[i];
	memset(shares, 0, n * sizeof(*shares));
	if (taps == 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		unsigned __int128 scaled = (unsigned __int128)counts[i] * FRAME_SHARE_ONE;

		shares[i] = (uint16_t)(scaled / taps);
		rests[i] = (struct remainder){.rest = (uint64_t)(scaled % taps), .id = i};
		missing -= shares[i];
	}
	qsort(rests, n, sizeof(rests[0]), by_rest);
	for (unsigned i = 0; i < missing; i++)
		shares[rests[i].id]++;
}

static uint32_t saturate32(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

struct ranked {
	uint64_t count;
	unsigned id;
};

static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

static void fill_entries(struct frame *f, const struct mood_window *w)
{
	struct ranked ranked[WIRE_REACTIONS_MAX];
	uint16_t shares[WIRE_REACTIONS_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < w->n; i++) {
		if (w->counts[i] > 0)
			ranked[n++] = (struct ranked){w->counts[i], i};
	}
	qsort(ranked, n, sizeof(ranked[0]), by_count);
	mood_shares(w->counts, w->n, shares);
	for (f->n = 0; f->n < n && f->n < WIRE_FRAME_ENTRIES_MAX; f->n++) {
		const struct ranked *r = &ranked[f->n];

		f->entries[f->n] = (struct frame_entry){.reaction = (uint8_t)r->id,
			.share = shares[r->id],
			.count = saturate32(r->count)};
	}
}

static int16_t score_of(const struct mood_window *w, const double *weights, uint64_t taps)
{
	double sum = 0;

	if (taps == 0)
		return 0;
	for (unsigned i = 0; i < w->n; i++)
		sum += weights[i] * (double)w->counts[i];
	return (int16_t)lround(sum / (double)taps * FRAME_SHARE_ONE);
}

/* Rate against the usual one; 1 while there is none to compare with. */
static double intensity_of(const struct mood_memory *m, double rate)
{
	if (m->windows == 0 || m->usual <= 0)
		return 1;
	return rate / m->usual;
}

/* The first windows weigh alike, so that a bad first one is soon forgotten. */
static double follow(double mean, double rate, double half_lives, unsigned windows)
{
	double forget = exp2(-half_lives);

	if (1.0 / windows > 1 - forget)
		forget = 1 - 1.0 / windows;
	return forget * mean + (1 - forget) * rate;
}

static void learn(struct mood_memory *m, double rate, double half_lives)
{
	if (m->surge) {
		m->usual = follow(m->usual, rate, half_lives / surge_slower, UINT_MAX);
	} else {
		if (m->windows < UINT_MAX)
			m->windows++;
		m->usual = follow(m->usual, rate, half_lives, m->windows);
	}
	m->recent = follow(m->recent, rate, half_lives * recent_faster, m->windows);
}

double mood_momentum(const struct mood_memory *m)
{
	double larger = m->recent > m->usual ? m->recent : m->usual;

	return larger > 0 ? (m->recent - m->usual) / larger : 0;
}

static bool surges(const struct mood_memory *m, double intensity, uint64_t taps,
	const struct mood_rules *rules)
{
	if (m->surge)
		return intensity >= rules->surge_ends;
	return intensity >= rules->surge_begins && taps >= rules->surge_taps &&
	       m->windows >= SURGE_WINDOWS_MIN;
}

void mood_frame(struct frame *f, struct mood_memory *m, const struct mood_window *w,
	const struct mood_rules *rules)
{
	double seconds = w->length_ms > 0 ? w->length_ms / 1000.0 : 0.001;
	uint64_t taps = 0;

	for (unsigned i = 0; i < w->n; i++)
		taps += w->counts[i];
	double rate = (double)taps / seconds, intensity = intensity_of(m, rate);
	m->surge = surges(m, intensity, taps, rules);
	learn(m, rate, seconds / rules->half_life_s);

	*f = (struct frame){
		.flags = m->surge ? FRAME_SURGE : 0,
		.channel = w->channel,
		.window = w->window,
		.ends = w->ends_ms,
		.length = w->length_ms,
		.taps = saturate32(taps),
		.total = w->total,
		.score = score_of(w, rules->weights, taps),
		.intensity = intensity * FRAME_INTENSITY_ONE >= UINT16_MAX
				     ? UINT16_MAX
				     : (uint16_t)lround(intensity * FRAME_INTENSITY_ONE),
	};
	fill_entries(f, w);
}
