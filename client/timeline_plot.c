/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/timeline_plot.h"

#include "client/short_number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LABEL = 7, // columns of the labels on the left
	BARS_MIN = 20,
	BARS_MAX = 500,
	EIGHTHS = 8,
};

/* A mood nearer to 0 has no colour. */
static const double neutral = 0.1;

static const char *const blocks[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static uint64_t beginning(const struct timeline *t)
{
	return timeline_begins(&t->points[0]);
}

static uint64_t end(const struct timeline *t)
{
	return t->points[t->n - 1].ends_ms;
}

static void add(struct timeline_bar *bar, const struct timeline_point *p, double taps)
{
	bar->known = true;
	bar->rate = fmax(bar->rate, timeline_rate(p));
	bar->surge |= p->surge;
	bar->score += p->score * taps;
}

/* A point that lies in several bars gives each its part of the taps. */
void timeline_bars(const struct timeline *t, struct timeline_bar *bars, unsigned n)
{
	double *taps = calloc(n, sizeof(*taps));

	memset(bars, 0, n * sizeof(*bars));
	if (taps == NULL || t->n == 0) {
		free(taps);
		return;
	}
	double span = (double)(end(t) - beginning(t)) / n;
	for (size_t i = 0; i < t->n; i++) {
		const struct timeline_point *p = &t->points[i];
		double from = (double)(timeline_begins(p) - beginning(t)) / span;
		double to = (double)(p->ends_ms - beginning(t)) / span;

		for (unsigned b = (unsigned)from; b < n && b < to; b++) {
			double part = (fmin(to, b + 1) - fmax(from, b)) / (to - from);

			add(&bars[b], p, part * (double)p->taps);
			taps[b] += part * (double)p->taps;
		}
	}
	for (unsigned b = 0; b < n; b++)
		bars[b].score = taps[b] > 0 ? bars[b].score / taps[b] : 0;
	free(taps);
}

static const char *clock_time(uint64_t unix_ms, bool with_date, char out[32])
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
		strftime(out, 32, with_date ? "%F %T" : "%T", &tm) == 0)
		snprintf(out, 32, "?");
	return out;
}

static const char green[] = "32", red[] = "31", yellow[] = "33";

static const char *colour_of(const struct timeline_bar *bar)
{
	if (bar->score > neutral)
		return green;
	return bar->score < -neutral ? red : yellow;
}

static const char *block_of(const struct timeline_bar *bar, double filled)
{
	return blocks[bar->known ? lround(fmin(fmax(filled, 0), 1) * EIGHTHS) : 0];
}

/* One row; below: rows under it. */
static void put_cells(FILE *to, const struct timeline_bar *bars, unsigned n, double rows_per_rate,
	unsigned below, bool colour)
{
	const char *now = "";

	for (unsigned b = 0; b < n; b++) {
		const char *block = block_of(&bars[b], bars[b].rate * rows_per_rate - below);
		const char *wanted = block == blocks[0] ? now : colour_of(&bars[b]);

		if (colour && wanted != now)
			fprintf(to, "\033[%sm", wanted);
		now = wanted;
		fputs(block, to);
	}
	fputs(colour && now[0] != '\0' ? "\033[0m\n" : "\n", to);
}

static void put_surges(FILE *to, const struct timeline_bar *bars, unsigned n)
{
	fprintf(to, "%*s ", LABEL, "surge");
	for (unsigned b = 0; b < n; b++)
		fputs(bars[b].surge ? "▼" : " ", to);
	fputc('\n', to);
}

static void put_rows(FILE *to, const struct timeline_bar *bars, unsigned n, double highest,
	struct timeline_look look)
{
	char label[16];

	for (unsigned row = 0; row < look.height; row++) {
		unsigned below = look.height - 1 - row; // rows under this one

		if (row == 0 || below + 1 == look.height / 2)
			fprintf(to, "%*s ", LABEL,
				short_number(highest * (below + 1) / look.height, label));
		else
			fprintf(to, "%*s ", LABEL, "");
		put_cells(to, bars, n, look.height / highest, below, look.colour);
	}
}

/* Whose mood is told without colour. */
static void put_mood(FILE *to, const struct timeline_bar *bars, unsigned n)
{
	fprintf(to, "%*s ", LABEL, "mood");
	for (unsigned b = 0; b < n; b++) {
		bool silent = !bars[b].known || bars[b].rate == 0;

		fputc(silent                       ? ' '
			: bars[b].score > neutral  ? '+'
			: bars[b].score < -neutral ? '-'
						   : '=',
			to);
	}
	fputc('\n', to);
}

static void put_axis(FILE *to, const struct timeline *t, unsigned n)
{
	char first[32], last[32];
	int room = (int)n - (int)strlen(clock_time(beginning(t), false, first));

	fprintf(to, "%*s ", LABEL, "0");
	for (unsigned b = 0; b < n; b++)
		fputs("─", to);
	fprintf(to, "\n%*s %s%*s\n", LABEL, "", first, room, clock_time(end(t), false, last));
}

static void put_title(FILE *to, const struct timeline *t)
{
	uint64_t taps = 0;
	size_t surges = 0, peak = 0;
	double weighed = 0;
	char from[32], until[32], when[32], rate[16];

	for (size_t i = 0; i < t->n; i++) {
		const struct timeline_point *p = &t->points[i];

		taps += p->taps;
		weighed += p->score * (double)p->taps;
		surges += p->surge && (i == 0 || !p[-1].surge);
		if (timeline_rate(p) > timeline_rate(&t->points[peak]))
			peak = i;
	}
	fprintf(to, "%s (channel %u), %s to %s\n", t->name, t->channel,
		clock_time(beginning(t), true, from), clock_time(end(t), true, until));
	fprintf(to, "%" PRIu64 " taps, score %+.2f, %zu surge%s, at most %s taps/s (%s)\n", taps,
		taps > 0 ? weighed / (double)taps : 0, surges, surges == 1 ? "" : "s",
		short_number(timeline_rate(&t->points[peak]), rate),
		clock_time(t->points[peak].ends_ms, false, when));
}

void timeline_plot(FILE *to, const struct timeline *t, struct timeline_look look)
{
	unsigned n = look.width > LABEL + 1 + BARS_MIN ? look.width - LABEL - 1 : BARS_MIN;
	struct timeline_bar bars[BARS_MAX];
	double highest = 0;

	if (t->n == 0) {
		fprintf(to, "%s (channel %u): no window yet\n", t->name, t->channel);
		return;
	}
	n = n > BARS_MAX ? BARS_MAX : n;
	timeline_bars(t, bars, n);
	for (unsigned b = 0; b < n; b++)
		highest = fmax(highest, bars[b].rate);
	put_title(to, t);
	put_surges(to, bars, n);
	put_rows(to, bars, n, highest > 0 ? highest : 1, look);
	put_axis(to, t, n);
	if (!look.colour)
		put_mood(to, bars, n);
}
