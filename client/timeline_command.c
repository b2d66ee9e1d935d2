/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar timeline`: a channel's curve, from the journal of the appliance. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/option.h"
#include "client/timeline.h"
#include "client/timeline_plot.h"
#include "wire/frame.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char help[] =
	"usage: uproar timeline --channel N [--http HOST:PORT] [--minutes N] [--json | --csv]\n"
	"\n"
	"Draws how many taps a second a channel had, window by window and farther back in "
	"coarser\n"
	"steps, as the appliance's journal knows it. Colour, or the line below: the mood.\n"
	"\n"
	"  --channel N       which one\n"
	"  --http HOST:PORT  where the appliance is (default 127.0.0.1:7780)\n"
	"  --minutes N       only the last so many\n"
	"  --json            one object: the points by the names of their columns\n"
	"  --csv             a line for each point, with a head\n"
	"  --help            this text\n"
	"\n"
	"exit status: 0 done, 1 there is no timeline, 2 wrong usage\n";

enum { ROWS = 12, WIDTH = 80, PATIENCE_S = 5 };

struct request {
	struct endpoint http;
	uint64_t channel, minutes; // minutes 0: all
	bool has_channel, json, csv;
};

static int parse_option(int option, struct request *r)
{
	switch (option) {
	case 'c':
		r->has_channel = true;
		return option_number("channel", 0, WIRE_CHANNEL_NONE - 1, &r->channel);
	case 'p':
		return option_endpoint("http", WIRE_PORT_HTTP, &r->http);
	case 'm':
		return option_number("minutes", 1, 60 * 24 * 365, &r->minutes);
	case 'j':
		r->json = true;
		return 0;
	case 'v':
		r->csv = true;
		return 0;
	default:
		return -EINVAL;
	}
}

/* 0 to go on, 1 if help was asked for, or -EINVAL. */
static int parse_arguments(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"channel", required_argument, NULL, 'c'},
		{"http", required_argument, NULL, 'p'},
		{"minutes", required_argument, NULL, 'm'},
		{"json", no_argument, NULL, 'j'},
		{"csv", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, ret = 0;

	while (ret == 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return 1;
		ret = parse_option(option, r);
	}
	if (ret < 0)
		return ret;
	if (optind < argc)
		complain("'%s' is too much; `uproar timeline --help` shows how", argv[optind]);
	else if (!r->has_channel)
		complain("which channel? `uproar timeline --channel 1`");
	else if (r->json && r->csv)
		complain("--json and --csv exclude each other");
	else
		return 0;
	return -EINVAL;
}

/* Leaves out what had ended before that. */
static void keep_newest(struct timeline *t, uint64_t minutes)
{
	size_t old = 0;

	if (minutes == 0 || t->n == 0)
		return;
	uint64_t newest = t->points[t->n - 1].ends_ms, kept = minutes * 60000;
	while (t->points[old].ends_ms + kept <= newest)
		old++;
	memmove(t->points, t->points + old, (t->n - old) * sizeof(*t->points));
	t->n -= old;
}

static json_t *describe_point(const struct timeline_point *p)
{
	char ends[WIRE_TIME_LEN];

	wire_time(p->ends_ms, ends);
	return json_pack("{s:s, s:I, s:I, s:f, s:I, s:f, s:f, s:b}", "ends", ends, "length",
		(json_int_t)p->length_ms, "taps", (json_int_t)p->taps, "rate", timeline_rate(p),
		"reactors", (json_int_t)p->reactors, "score", p->score, "intensity", p->intensity,
		"surge", p->surge);
}

static void print_json(const struct timeline *t)
{
	json_t *points = json_array();

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(points, describe_point(&t->points[i]));
	json_t *root = json_pack(
		"{s:i, s:s, s:o}", "channel", (int)t->channel, "name", t->name, "points", points);
	json_dumpf(root, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10));
	putchar('\n');
	json_decref(root);
}

static void print_csv(const struct timeline *t)
{
	puts("ends,length_ms,taps,rate,reactors,score,intensity,surge");
	for (size_t i = 0; i < t->n; i++) {
		const struct timeline_point *p = &t->points[i];
		char ends[WIRE_TIME_LEN];

		wire_time(p->ends_ms, ends);
		printf("%s,%" PRIu64 ",%" PRIu64 ",%.10g,%" PRIu64 ",%.10g,%.10g,%d\n", ends,
			p->length_ms, p->taps, timeline_rate(p), p->reactors, p->score,
			p->intensity, p->surge);
	}
}

static struct timeline_look look_of(FILE *to)
{
	struct winsize size = {0};
	bool terminal = isatty(fileno(to)) != 0;
	const char *no_colour = getenv("NO_COLOR");

	if (!terminal || ioctl(fileno(to), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		size.ws_col = WIDTH;
	return (struct timeline_look){.width = size.ws_col,
		.height = ROWS,
		.colour = terminal && (no_colour == NULL || no_colour[0] == '\0')};
}

static void print_timeline(const struct request *r, const struct timeline *t)
{
	if (r->json)
		print_json(t);
	else if (r->csv)
		print_csv(t);
	else
		timeline_plot(stdout, t, look_of(stdout));
}

int command_timeline(int argc, char **argv)
{
	struct request r = {.http = {.host = "127.0.0.1", .port = WIRE_PORT_HTTP}};
	char why[TIMELINE_WHY_MAX], where[ENDPOINT_TEXT_MAX];
	struct timeline t;
	int ret = parse_arguments(argc, argv, &r);

	if (ret > 0) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	if (ret < 0)
		return EXIT_USAGE;
	if (timeline_fetch(&r.http, (uint16_t)r.channel, clock_now() + PATIENCE_S * CLOCK_SECOND,
		    &t, why) < 0) {
		complain("%s: %s", endpoint_write(&r.http, where), why);
		return EXIT_FAILED;
	}
	keep_newest(&t, r.minutes);
	print_timeline(&r, &t);
	timeline_free(&t);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
