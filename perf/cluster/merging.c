/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What it costs to merge the tallies of many nodes, one partition in one process: taking a window's
 * records, closing the window, and committing it, against a floor and a rival on the same records
 * in the same run. docs/performance.md says how to read it.
 */

#include "control/cluster/partition.h"
#include "perf/cluster/rivals.h"
#include "perf/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum form { TEXT, JSON, MARKDOWN };

enum { WARM_UP = 2, AFTER_END_MS = 100 };

static const struct {
	unsigned nodes, channels;
} shapes[] = {{1, 64}, {4, 64}, {16, 64}, {64, 64}, {1, 512}, {4, 512}, {16, 512}, {64, 512},
	{1, 4096}, {4, 4096}, {16, 4096}, {64, 4096}};

struct row {
	unsigned nodes, channels;
	size_t bytes;
	/* Microseconds of a window; base: floor, or rival; all: merged and closed. */
	struct samples floor, rival;
	struct samples closing; // base: closing alone
};

struct frames {
	const struct recorded *recorded;
	unsigned n, wrong;
	bool checked;
};

struct bench {
	struct recorded recorded;
	struct resum resum;
	struct partition *partition;
	struct frames frames;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); // what others run does not count
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void note_event(void *context, enum partition_event event, const char *node, uint64_t value)
{
	if (event != NODE_JOINED)
		fprintf(stderr, "merging: event %d of %s, %lu\n", (int)event, node,
			(unsigned long)value);
}

/* Are all taps in it? A benchmark of less would be a fast one. */
static void check_frame(struct frames *f, const struct record_frame *frame)
{
	uint64_t merged = 0;

	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++)
		merged += frame->merged[i];
	f->wrong += merged != recorded_channel_taps(f->recorded, frame->channel);
}

static void take_frame(void *context, const struct record_frame *frame)
{
	struct frames *f = context;

	f->n++;
	if (f->checked)
		check_frame(f, frame);
}

static void take_retired(void *context, uint16_t channel, const struct record_source *s)
{
}

static void merge(struct bench *b)
{
	for (size_t i = 0; i < b->recorded.n; i++) {
		const struct recorded_at *at = &b->recorded.records[i];

		partition_tallies_record(
			b->partition, at->key, at->key_len, at->key + at->key_len, at->value_len);
	}
}

static void close_window(struct bench *b)
{
	const struct partition_sink sink = {
		.frame = take_frame, .retire = take_retired, .context = &b->frames};

	partition_close(b->partition, recorded_ends(&b->recorded) + AFTER_END_MS, &sink);
	partition_commit(b->partition);
}

static bool all_there(struct bench *b, uint64_t resummed)
{
	if (b->frames.n == b->recorded.channels && b->frames.wrong == 0 &&
		resummed == recorded_taps(&b->recorded))
		return true;
	fprintf(stderr, "merging: %u frames of %u channels, %u of them wrong; %lu taps of %lu\n",
		b->frames.n, b->recorded.channels, b->frames.wrong, (unsigned long)resummed,
		(unsigned long)recorded_taps(&b->recorded));
	return false;
}

/* One window. Only frames of windows that are not sampled are looked into. */
static bool window(struct bench *b, struct row *row)
{
	recorded_next(&b->recorded);
	b->frames = (struct frames){.recorded = &b->recorded, .checked = row == NULL};
	double begun = now_us();
	uint64_t touched = rivals_touch(&b->recorded);
	double after_floor = now_us();
	uint64_t taps = resum_window(&b->resum, &b->recorded);
	double after_rival = now_us();
	merge(b);
	double merged = now_us();
	close_window(b);
	double closed = now_us();
	__asm__ volatile("" : : "r"(touched) : "memory");
	if (row != NULL) {
		samples_add(&row->floor, after_floor - begun, closed - after_rival);
		samples_add(&row->rival, after_rival - after_floor, closed - after_rival);
		samples_add(&row->closing, closed - merged, closed - after_rival);
	}
	return all_there(b, taps);
}

static int open_bench(struct bench *b, const struct row *row, const struct partition_rules *rules)
{
	static const struct partition_watch watch = {.event = note_event};
	int ret = recorded_open(&b->recorded, row->nodes, row->channels);

	if (ret == 0)
		ret = resum_open(&b->resum, &b->recorded);
	if (ret == 0)
		ret = partition_make(&b->partition, 0, 1, rules, &watch);
	if (ret == 0)
		partition_begin(b->partition, recorded_ends(&b->recorded));
	return ret;
}

static void close_bench(struct bench *b)
{
	if (b->partition != NULL)
		partition_free(b->partition);
	resum_close(&b->resum);
	recorded_close(&b->recorded);
}

static void begin_samples(struct row *row, double seconds)
{
	samples_begin(&row->floor, seconds, 0);
	samples_begin(&row->rival, seconds, 0);
	samples_begin(&row->closing, seconds, 0);
}

static bool measure(struct row *row, const struct partition_rules *rules, double seconds)
{
	struct bench b = {0};
	bool good = open_bench(&b, row, rules) == 0;

	for (unsigned i = 0; good && i < WARM_UP; i++)
		good = window(&b, NULL);
	begin_samples(row, seconds);
	while (good && samples_wanted(&row->floor))
		good = window(&b, row);
	samples_end(&row->floor);
	samples_end(&row->rival);
	samples_end(&row->closing);
	good = good && window(&b, NULL);
	row->bytes = b.recorded.len;
	close_bench(&b);
	return good;
}

static void print_json(const struct row *r, struct spread all, bool first)
{
	struct spread floor = samples_base(&r->floor), rival = samples_base(&r->rival),
		      closing = samples_base(&r->closing);

	printf("%s{\"nodes\":%u,\"channels\":%u,\"bytes\":%zu,\"window_us\":%.1f,\"low\":%.1f,"
	       "\"high\":%.1f,\"closing_us\":%.1f,\"floor_us\":%.1f,\"rival_us\":%.1f,"
	       "\"disturbed\":%s}",
		first ? "" : ",\n  ", r->nodes, r->channels, r->bytes, all.median, all.low,
		all.high, closing.median, floor.median, rival.median,
		r->floor.disturbed ? "true" : "false");
}

static void print_row(const struct row *r, enum form form, bool first)
{
	struct spread all = samples_all(&r->floor);
	double floor = samples_base(&r->floor).median, rival = samples_base(&r->rival).median;
	double records = (double)r->nodes * (r->channels + 1);

	if (form == JSON)
		print_json(r, all, first);
	else
		printf(form == MARKDOWN
				? "| %u | %u | %.2f | %.2f to %.2f | %.2f | %.0f | %.1f | %.2f | "
				  "%s |\n"
				: "%5u %8u %10.2f %9.2f-%9.2f %10.2f %8.0f %8.1f %8.2f  %s\n",
			r->nodes, r->channels, all.median / 1e3, all.low / 1e3, all.high / 1e3,
			samples_base(&r->closing).median / 1e3, all.median * 1e3 / records,
			all.median / floor, all.median / rival,
			r->floor.disturbed ? "disturbed" : "");
	fflush(stdout);
}

static void print_head(enum form form)
{
	if (form == JSON)
		printf("{\"rows\":[\n  ");
	else if (form == MARKDOWN)
		printf("| nodes | channels | a window, ms | middle half | of it closing | ns a "
		       "record "
		       "| / floor | / rival | |\n|---|---|---|---|---|---|---|---|---|\n");
	else
		printf("%5s %8s %10s %19s %10s %8s %8s %8s\n", "nodes", "channels", "window ms",
			"middle half", "closing ms", "ns/rec", "/ floor", "/ rival");
}

static bool run(enum form form, bool quick)
{
	static const double weights[WIRE_REACTIONS_MAX] = {[1] = 0.5, [2] = -0.5};
	static const char *labels[WIRE_REACTIONS_MAX];
	static bool open[WIRE_CHANNELS_MAX + 1];
	const struct partition_rules rules = {.window_ms = RECORDED_WINDOW_MS,
		.deadline_ms = RECORDED_WINDOW_MS / 4,
		.missed_windows = 3,
		.retire_ms = 60000,
		.mood = {.weights = weights,
			.half_life_s = 60,
			.surge_begins = 3,
			.surge_ends = 1.5,
			.surge_taps = 20},
		.labels = labels,
		.open = open,
		.merger = "merge-1"};

	for (unsigned i = 0; i < RECORDED_REACTIONS; i++)
		labels[i] = "\"name\":\"heart_eyes\",\"emoji\":\"😍\"";
	print_head(form);
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		static struct row row;

		row = (struct row){.nodes = shapes[i].nodes, .channels = shapes[i].channels};
		if (quick && (size_t)row.nodes * row.channels > 16 * 512)
			continue;
		for (unsigned c = 0; c <= WIRE_CHANNELS_MAX; c++)
			open[c] = c < row.channels;
		if (!measure(&row, &rules, quick ? 0.1 : 2))
			return false;
		print_row(&row, form, i == 0);
	}
	if (form == JSON)
		printf("]}\n");
	return true;
}

int main(int argc, char **argv)
{
	enum form form = TEXT;
	bool quick = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			form = JSON;
		else if (strcmp(argv[i], "--markdown") == 0)
			form = MARKDOWN;
		else if (strcmp(argv[i], "--quick") == 0)
			quick = true;
		else {
			fprintf(stderr, "usage: cluster-merging [--quick] [--json | --markdown]\n");
			return 2;
		}
	}
	return run(form, quick) ? 0 : 1;
}
