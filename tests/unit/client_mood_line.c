/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What `uproar watch` says of a window. */

#include "client/mood_line.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_line(const struct frame *f, const char *expected)
{
	char *line = NULL;
	size_t len;
	FILE *to = open_memstream(&line, &len);

	cr_assert_neq(to, NULL);
	mood_print_frame(to, NULL, f);
	fclose(to);
	cr_expect_str_eq(line, expected);
	free(line);
}

Test(client_mood_line, people_are_said_where_they_are_known)
{
	struct frame f = {.channel = 1,
		.window = 412,
		.taps = 12345,
		.total = 90210,
		.reactors = 3210,
		.score = 3100,
		.intensity = 1040,
		.n = 1,
		.entries = {{.reaction = 7, .share = 10000, .count = 12345}}};

	expect_line(&f, "window 412  channel 1  taps 12345 from about 3210 people  total 90210  "
			"score +0.31  intensity 1.04  #7 100%\n");
	f.reactors = 1;
	expect_line(&f, "window 412  channel 1  taps 12345 from about 1 person  total 90210  "
			"score +0.31  intensity 1.04  #7 100%\n");
	f.reactors = 0;
	expect_line(&f, "window 412  channel 1  taps 12345  total 90210  "
			"score +0.31  intensity 1.04  #7 100%\n");
}
