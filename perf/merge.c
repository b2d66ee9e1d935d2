/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the end of a window costs control: windows_close(), over channels, reactions and workers,
 * and over the share of channels that moved. Beside it, sample by sample in the same run, the floor
 * of reading everything: a plain loop that sums all tallies. docs/performance.md says how to read
 * it.
 */

#include "client/device/machine.h"
#include "perf/merge_crowd.h"
#include "perf/samples.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 3 };

static const double seconds = 0.5; // of samples, a row

enum form { TEXT, JSON, MARKDOWN };

/* How many rows move, in so many of 100. */
static const unsigned shares[] = {0, 1, 10, 100};

static const struct {
	unsigned channels, reactions, workers;
} shapes[] = {
	{64, 64, 1}, {64, 64, 16}, {4096, 16, 1}, {4096, 16, 16}, {4096, 64, 1}, {4096, 64, 16}};

struct row {
	unsigned channels, reactions, workers, share;
	bool huge_pages;
	struct samples samples; // microseconds; base: all tallies summed; all: the window closed
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); // what others run does not count
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* As fast as it can be done, if nothing is known of what moved. */
static void sum_all(const struct store *s, uint64_t *sums)
{
	size_t n = (size_t)s->rows * s->stride;

	memset(sums, 0, n * sizeof(*sums));
	for (unsigned w = 0; w < s->workers; w++) {
		const uint64_t *tallies = store_row_tallies(s, w, 0);

		for (size_t i = 0; i < n; i++)
			sums[i] += tallies[i];
	}
}

static void sample(struct merge_crowd *c, struct samples *samples, uint64_t *sums)
{
	merge_crowd_move(c);
	double begun = now_us();
	windows_close(&c->windows, (struct window_span){.ends_ms = 1, .length_ms = 2000});
	double closed = now_us();
	sum_all(&c->store, sums);
	double summed = now_us();
	__asm__ volatile("" : : "r"(sums) : "memory");
	samples_add(samples, summed - closed, closed - begun);
}

/* Is every tap in a window? A benchmark of less would be a fast one. */
static bool all_shown(const struct merge_crowd *c)
{
	uint64_t shown = store_now_shown(&c->store)->taps_in_windows;

	if (shown == c->taps)
		return true;
	fprintf(stderr, "merge: %lu taps, %lu in windows\n", (unsigned long)c->taps,
		(unsigned long)shown);
	return false;
}

static bool measure(struct row *row)
{
	struct merge_crowd crowd;

	if (merge_crowd_open(&crowd, row->channels, row->reactions, row->workers) < 0)
		return false;
	uint64_t *sums = calloc((size_t)row->channels * row->reactions, sizeof(*sums));

	crowd.moving = (row->channels * row->share + 99) / 100;
	row->huge_pages = arena_in_hugepages(crowd.store.arena);
	samples_begin(&row->samples, seconds, 0);
	for (unsigned i = 0; sums != NULL && i < WARM_UP; i++)
		sample(&crowd, &row->samples, sums);
	samples_begin(&row->samples, seconds, 0);
	while (sums != NULL && samples_wanted(&row->samples))
		sample(&crowd, &row->samples, sums);
	samples_end(&row->samples);
	bool good = sums != NULL && all_shown(&crowd);
	free(sums);
	merge_crowd_close(&crowd);
	return good;
}

static void print_json(const struct row *r, struct spread close, struct spread floor, bool first)
{
	printf("%s{\"channels\":%u,\"reactions\":%u,\"workers\":%u,\"moved_percent\":%u,"
	       "\"close_us\":%.2f,\"low\":%.2f,\"high\":%.2f,\"floor_us\":%.2f,"
	       "\"disturbed\":%s,\"ordinary_pages\":%s}",
		first ? "" : ",\n  ", r->channels, r->reactions, r->workers, r->share, close.median,
		close.low, close.high, floor.median, r->samples.disturbed ? "true" : "false",
		r->huge_pages ? "false" : "true");
}

static void print_row(const struct row *r, enum form form, bool first)
{
	struct spread close = samples_all(&r->samples), floor = samples_base(&r->samples);
	const char *disturbed = r->samples.disturbed ? "disturbed" : "";
	const char *pages = r->huge_pages ? "" : "ordinary pages";

	if (form == JSON)
		print_json(r, close, floor, first);
	else if (form == MARKDOWN)
		printf("| %u | %u | %u | %u %% | %.0f | %.0f to %.0f | %.0f | %s %s |\n",
			r->channels, r->reactions, r->workers, r->share, close.median, close.low,
			close.high, floor.median, disturbed, pages);
	else
		printf("%8u %9u %7u %6u%% %9.1f %9.1f - %9.1f %9.1f  %s %s\n", r->channels,
			r->reactions, r->workers, r->share, close.median, close.low, close.high,
			floor.median, disturbed, pages);
	fflush(stdout);
}

static void print_head(enum form form)
{
	struct machine m;

	machine_look(&m);
	if (form == JSON)
		printf("{\"processor\":\"%s\",\"kernel\":\"%s\",\"load\":%.2f,\"rows\":[\n  ",
			m.processor, m.kernel, m.load);
	else if (form == MARKDOWN)
		printf("%s, %s, load %.1f\n\n| channels | reactions | workers | moved | close, µs "
		       "| middle half | all tallies, µs | |\n|---|---|---|---|---|---|---|---|\n",
			m.processor, m.kernel, m.load);
	else
		printf("%s, %s, load %.1f\n%8s %9s %7s %7s %9s %21s %9s\n", m.processor, m.kernel,
			m.load, "channels", "reactions", "workers", "moved", "close us",
			"middle half", "floor us");
}

static bool run(enum form form)
{
	static struct row row;
	bool first = true;

	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		for (unsigned j = 0; j < sizeof(shares) / sizeof(shares[0]); j++) {
			row = (struct row){.channels = shapes[i].channels,
				.reactions = shapes[i].reactions,
				.workers = shapes[i].workers,
				.share = shares[j]};
			if (!measure(&row))
				return false;
			print_row(&row, form, first);
			first = false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	enum form form = argc != 2 ? TEXT : strcmp(argv[1], "--json") == 0 ? JSON : MARKDOWN;

	if (argc > 2 || (form == MARKDOWN && strcmp(argv[1], "--markdown") != 0)) {
		fprintf(stderr, "usage: merge [--json | --markdown]\n");
		return 2;
	}
	print_head(form);
	if (!run(form))
		return 1;
	if (form == JSON)
		printf("]}\n");
	return 0;
}
