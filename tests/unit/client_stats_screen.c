/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The statistics as one screen that is renewed: rates come of two answers.
 */

#include "client/clock.h"
#include "client/short_number.h"
#include "client/stats_screen.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct stats_samples samples;
static struct screen screen;
static char drawn[SCREEN_BYTES_MAX];

static bool take(const char *json, uint64_t seconds)
{
	return stats_samples_take(&samples, json, strlen(json), seconds * CLOCK_SECOND);
}

/* What the screen writes. */
static const char *draw(const char *trouble)
{
	int fds[2];

	cr_assert_eq(pipe2(fds, O_NONBLOCK), 0);
	screen_init(&screen, fds[1]);
	stats_screen_draw(&screen, &samples, trouble);
	ssize_t n = read(fds[0], drawn, sizeof(drawn) - 1);
	cr_assert_gt(n, 0);
	drawn[n] = '\0';
	close(fds[0]);
	close(fds[1]);
	return drawn;
}

static const char first[] = "{\"name\":\"x\",\"ledger\":{\"taps_counted\":100,\"balanced\":true},"
			    "\"workers\":[{\"worker\":0,\"rx\":0,\"bursts\":0,\"ticks_busy\":0,"
			    "\"ticks_all\":0,\"responds\":true}]}";
static const char second[] =
	"{\"name\":\"x\",\"ledger\":{\"taps_counted\":8100,\"balanced\":true},"
	"\"workers\":[{\"worker\":0,\"rx\":3000000,\"bursts\":100000,\"ticks_busy\":450000000,"
	"\"ticks_all\":900000000,\"responds\":false}]}";

Test(client_stats_screen, rates_are_what_grew_a_second)
{
	cr_assert(take(first, 10));
	cr_expect_eq(stats_rate(&samples, "ledger.taps_counted"), 0, "nothing to compare with");
	cr_assert(take(second, 12));
	cr_expect_eq(stats_number(&samples, "ledger.taps_counted"), 8100);
	cr_expect_eq(stats_rate(&samples, "ledger.taps_counted"), 4000);
	cr_expect_eq(stats_rate(&samples, "workers[0].rx"), 1500000);
	cr_expect_eq(stats_rate(&samples, "workers[1].rx"), 0);
	cr_assert(take(first, 14));
	cr_expect_eq(stats_rate(&samples, "ledger.taps_counted"), 0, "another process began anew");
	stats_samples_free(&samples);
}

Test(client_stats_screen, the_screen_shows_rates_and_who_does_not_poll)
{
	cr_assert(take(first, 10) && take(second, 12));
	draw("");
	cr_expect_neq(strstr(drawn, "taps 4.0k"), NULL, "%s", drawn);
	cr_expect_neq(strstr(drawn, "1.500"), NULL, "Mpps: %s", drawn);
	cr_expect_neq(strstr(drawn, " HANGS"), NULL);
	cr_expect_neq(strstr(drawn, "ledger balanced"), NULL);
	cr_expect_neq(strstr(draw("no answer: gone"), "no answer: gone"), NULL);
	stats_samples_free(&samples);
}

Test(client_stats_screen, an_answer_that_lies_moves_no_cursor)
{
	static const char *const answers[] = {"{}",
		"{\"name\":5,\"workers\":{},\"ports\":[1,null,[]]}",
		"{\"name\":\"\\u001b[2J\",\"refused\":{\"a\\u001b[2J\":5,\"b\":\"x\"}}",
		"{\"channels\":[{\"name\":\"\\n\\n\",\"taps\":-1,\"total\":1e300}]}"};

	cr_expect_not(take("", 1));
	cr_expect_not(take("[]", 1));
	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		cr_assert(take(answers[i], 2 + i));
		cr_expect_eq(strstr(draw(""), "[2J"), NULL, "%s", answers[i]);
	}
	stats_samples_free(&samples);
}

Test(client_stats_screen, numbers_fit_in_five_columns)
{
	static const struct {
		double x;
		const char *text;
	} rows[] = {{0, "0"}, {0.25, "0.25"}, {0.999, "1.0"}, {1, "1"}, {9, "9"}, {7.31, "7.3"},
		{9.96, "10"}, {130.4, "130"}, {999.6, "1.0k"}, {4200, "4.2k"}, {12e6, "12M"},
		{1.5e9, "1.5G"}, {2e13, "20T"}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[16];

		cr_expect_str_eq(short_number(rows[i].x, text), rows[i].text);
		cr_expect_leq(strlen(text), 5);
	}
}
