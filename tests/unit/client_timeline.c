/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The document of a channel's timeline, and the curve that a terminal shows of it.
 */

#include "client/timeline.h"
#include "client/timeline_plot.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                                 \
	"\"columns\":[\"ends_ms\",\"length_ms\",\"taps\",\"reactors\",\"score\",\"intensity\"," \
	"\"surge\"]"
#define WITH_POINTS(points) \
	"{\"channel\":1,\"name\":\"The match\"," COLUMNS ",\"points\":[" points "]}"

static struct timeline t;
static char why[TIMELINE_WHY_MAX];

static int parse(const char *json)
{
	return timeline_parse(json, strlen(json), &t, why);
}

Test(client_timeline, points_are_read)
{
	cr_assert_eq(
		parse(WITH_POINTS("[62000,60000,120,7,-0.5,1,false],[64000,2000,10,0,1,2.5,true]")),
		0, "%s", why);
	cr_expect_eq(t.channel, 1);
	cr_expect_str_eq(t.name, "The match");
	cr_assert_eq(t.n, 2);
	cr_expect_eq(timeline_begins(&t.points[0]), 2000);
	cr_expect_eq(timeline_rate(&t.points[0]), 2);
	cr_expect_eq(t.points[0].reactors, 7);
	cr_expect_eq(t.points[0].score, -0.5);
	cr_expect(t.points[1].surge && !t.points[0].surge);
	cr_expect_eq(t.points[1].intensity, 2.5);
	timeline_free(&t);
}

#define EIGHT "12345678"
#define LONGEST EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT // that a configuration may have

Test(client_timeline, the_longest_name_is_read)
{
	cr_assert_eq(parse("{\"channel\":1,\"name\":\"" LONGEST "\"," COLUMNS ",\"points\":[]}"), 0,
		"%s", why);
	cr_expect_str_eq(t.name, LONGEST);
	timeline_free(&t);
	cr_expect_eq(parse("{\"channel\":1,\"name\":\"" LONGEST "9\"," COLUMNS ",\"points\":[]}"),
		-EINVAL);
}

Test(client_timeline, columns_are_found_by_their_names_and_others_do_no_harm)
{
	cr_assert_eq(
		parse("{\"channel\":65534,\"name\":\"\",\"columns\":[\"surge\",\"later\",\"taps\","
		      "\"ends_ms\",\"score\",\"length_ms\",\"intensity\",\"reactors\"],"
		      "\"points\":[[true,null,3,5000,0,1000,1,2]]}"),
		0, "%s", why);
	cr_assert_eq(t.n, 1);
	cr_expect_eq(t.points[0].taps, 3);
	cr_expect_eq(t.points[0].ends_ms, 5000);
	cr_expect_eq(t.points[0].reactors, 2);
	timeline_free(&t);
}

Test(client_timeline, hostile_documents_are_refused_with_a_reason)
{
	static const struct {
		const char *json, *says;
	} rows[] = {
		{"", "no JSON"},
		{"[]", "names no channel"},
		{"{\"channel\":-1,\"name\":\"x\"}", "names no channel"},
		{"{\"channel\":70000,\"name\":\"x\"}", "names no channel"},
		{"{\"channel\":1}", "cannot be shown"},
		{"{\"channel\":1,\"name\":\"\\u001b[2J\"}", "cannot be shown"},
		{"{\"channel\":1,\"name\":\"x\",\"points\":5}", "no list"},
		{"{\"channel\":1,\"name\":\"x\",\"points\":[],\"columns\":[1,2]}", "\"ends_ms\""},
		{WITH_POINTS("[1,2,3]"), "point 0"},
		{WITH_POINTS("5"), "point 0"},
		{WITH_POINTS("[62000,0,1,0,0,1,false]"), "point 0"},
		{WITH_POINTS("[62000,62001,1,0,0,1,false]"), "point 0"},
		{WITH_POINTS("[62000,2000,-1,0,0,1,false]"), "point 0"},
		{WITH_POINTS("[62000,2000,1,0,1.5,1,false]"), "point 0"},
		{WITH_POINTS("[62000,2000,1,0,\"0\",1,false]"), "point 0"},
		{WITH_POINTS("[62000,2000,1,0,0,-1,false]"), "point 0"},
		{WITH_POINTS("[62000,2000,1,0,0,1,0]"), "point 0"},
		{WITH_POINTS("[62000,2000,1,0,0,1,true],[63000,2000,1,0,0,1,true]"),
			"before has ended"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(parse(rows[i].json), -EINVAL, "row %u", i);
		cr_expect_neq(strstr(why, rows[i].says), NULL, "row %u: %s", i, why);
	}
}

Test(client_timeline, a_point_gives_each_bar_its_part)
{
	struct timeline_bar bars[4];

	cr_assert_eq(
		parse(WITH_POINTS("[4000,2000,20,0,1,1,false],[6000,1000,30,0,-1,3,true]")), 0);
	timeline_bars(&t, bars, 4); // 2000 to 6000, a second each; from 4000 to 5000 is a hole
	cr_expect(bars[0].known && bars[1].known && !bars[2].known && bars[3].known);
	cr_expect_eq(bars[0].rate, 10);
	cr_expect_eq(bars[1].rate, 10);
	cr_expect_eq(bars[3].rate, 30);
	cr_expect_eq(bars[1].score, 1);
	cr_expect_eq(bars[3].score, -1);
	cr_expect(bars[3].surge && !bars[1].surge);
	timeline_bars(&t, bars, 1);
	cr_expect_eq(bars[0].rate, 30, "the highest");
	cr_expect_float_eq(bars[0].score, (20 - 30) / 50.0, 1e-9, "the mean of all taps");
	timeline_free(&t);
}

static char *plotted(struct timeline_look look)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	timeline_plot(to, &t, look);
	fclose(to);
	return text;
}

Test(client_timeline, the_curve_is_drawn_with_surges_and_mood)
{
	static const char wanted[] = "  surge           ▼▼▼▼▼▼▼▼▼▼\n"
				     "     20           ██████████\n"
				     "     10 ████████████████████\n"
				     "      0 ────────────────────\n"
				     "        00:00:01    00:00:03\n"
				     "   mood ++++++++++----------\n";

	setenv("TZ", "UTC", 1);
	cr_assert_eq(
		parse(WITH_POINTS("[2000,1000,10,0,1,1,false],[3000,1000,20,0,-1,3,true]")), 0);
	char *text = plotted((struct timeline_look){.width = 28, .height = 2});
	cr_expect_neq(
		strstr(text, "The match (channel 1), 1970-01-01 00:00:01 to 1970-01-01 00:00:03\n"
			     "30 taps, score -0.33, 1 surge, at most 20 taps/s (00:00:03)\n"),
		NULL, "%s", text);
	cr_expect_neq(strstr(text, wanted), NULL, "%s", text);
	cr_expect_eq(strstr(text, "\033"), NULL, "no colour was asked for");
	free(text);
	text = plotted((struct timeline_look){.width = 28, .height = 2, .colour = true});
	cr_expect_neq(strstr(text, "\033[31m██████████\033[0m\n"), NULL, "%s", text);
	free(text);
	timeline_free(&t);
}

Test(client_timeline, nothing_and_extremes_are_drawn_too)
{
	static const char *const documents[] = {
		WITH_POINTS(""),
		WITH_POINTS("[1000,1000,0,0,0,0,false]"),
		WITH_POINTS("[1,1,9007199254740991,0,1,1,true]"),
		WITH_POINTS("[9007199254740991,1,1,0,1,1,true]"),
		WITH_POINTS("[1,1,1,0,1,1,true],[9007199254740991,1,1,0,1,1,true]"),
	};
	static const unsigned widths[] = {0, 1, 28, 80, 100000};

	for (unsigned i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		cr_assert_eq(parse(documents[i]), 0, "%s", why);
		for (unsigned w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
			char *text = plotted((struct timeline_look){
				.width = widths[w], .height = 12, .colour = true});
			cr_expect_neq(strstr(text, "The match"), NULL);
			free(text);
		}
		timeline_free(&t);
	}
}
