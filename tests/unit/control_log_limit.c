/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The limit of lines of a log, at times that the tests choose.
 */

#include "dataplane/log_limit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

static struct log_limit limit;
static struct log_suppressed earlier;
static const char formats[3 * LOG_LIMIT_KINDS]; // whose addresses are kinds

/* Asks n times for a line of this kind; how many may be written. */
static unsigned ask(unsigned n, const char *format, uint64_t now)
{
	unsigned written = 0;

	for (unsigned i = 0; i < n; i++) {
		struct log_kind *kind = log_limit_admit(&limit, format, 7, now, &earlier);

		if (kind == NULL)
			continue;
		log_limit_written(kind, "the last line");
		written++;
	}
	return written;
}

Test(control_log_limit, a_burst_is_written_and_then_one_line_a_second)
{
	cr_expect_eq(ask(LOG_LIMIT_BURST, formats, 5), LOG_LIMIT_BURST);
	cr_expect_eq(ask(1000, formats, 5), 0);
	cr_expect_eq(ask(1000, formats, SECOND + 4), 0, "the second is not over");
	for (unsigned s = 1; s <= 100; s++)
		cr_expect_eq(ask(1000, formats, s * SECOND + 5), 1, "second %u", s);
}

Test(control_log_limit, however_long_it_was_quiet_a_burst_is_no_larger)
{
	ask(1000, formats, SECOND);
	cr_expect_eq(ask(1000, formats, 86400 * SECOND), LOG_LIMIT_BURST);
}

Test(control_log_limit, what_was_suppressed_is_told_before_the_next_line)
{
	ask(LOG_LIMIT_BURST, formats, 0);
	cr_expect_eq(earlier.n, 0);
	ask(37, formats, 1);
	cr_expect_eq(ask(1, formats, SECOND), 1);
	cr_expect_eq(earlier.n, 37);
	cr_expect_eq(earlier.level, 7);
	cr_expect_str_eq(earlier.text, "the last line");
	cr_expect_eq(ask(1, formats, 2 * SECOND), 1);
	cr_expect_eq(earlier.n, 0, "it is told once");
}

Test(control_log_limit, of_a_kind_that_is_quiet_again_it_is_told_a_second_later)
{
	struct log_suppressed told;

	ask(LOG_LIMIT_BURST + 9, formats, 0);
	cr_expect_not(log_limit_take(&limit, SECOND - 1, false, &told));
	cr_expect(log_limit_take(&limit, SECOND, false, &told));
	cr_expect_eq(told.n, 9);
	cr_expect_not(log_limit_take(&limit, 9 * SECOND, false, &told), "it is told once");
}

Test(control_log_limit, at_the_end_all_is_told)
{
	struct log_suppressed told;
	uint64_t sum = 0;

	ask(LOG_LIMIT_BURST + 9, formats, 0);
	ask(LOG_LIMIT_BURST + 5, formats + 1, 0);
	while (log_limit_take(&limit, 0, true, &told))
		sum += told.n;
	cr_expect_eq(sum, 14);
}

Test(control_log_limit, a_kind_that_floods_hides_no_other)
{
	ask(100000, formats, 0);
	cr_expect_eq(ask(3, formats + 1, 0), 3);
	cr_expect_eq(ask(1000, formats, 0), 0);
}

Test(control_log_limit, however_many_kinds_there_are_what_is_written_is_bounded)
{
	unsigned written = 0;

	for (unsigned round = 0; round < 100; round++) {
		for (unsigned i = 0; i < sizeof(formats); i++)
			written += ask(10, formats + i, 0);
	}
	cr_expect_eq(written, LOG_LIMIT_KINDS * LOG_LIMIT_BURST);
}

Test(control_log_limit, the_place_of_a_kind_that_does_not_come_is_for_another)
{
	struct log_suppressed told;

	for (unsigned i = 0; i < LOG_LIMIT_KINDS - 1; i++)
		ask(LOG_LIMIT_BURST, formats + i, 0);
	ask(2, formats, 0); // suppressed, and not told yet: that place is kept
	uint64_t later = LOG_LIMIT_BURST * SECOND;
	for (unsigned i = 0; i < LOG_LIMIT_KINDS - 2; i++)
		cr_expect_eq(ask(1000, formats + LOG_LIMIT_KINDS + i, later), LOG_LIMIT_BURST);
	cr_expect(log_limit_take(&limit, later, false, &told));
	cr_expect_eq(told.n, 2);
}

Test(control_log_limit, a_long_line_is_told_by_its_beginning)
{
	char line[3 * LOG_LIMIT_TEXT];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	ask(LOG_LIMIT_BURST - 1, formats, 0);
	log_limit_written(log_limit_admit(&limit, formats, 4, 0, &earlier), line);
	cr_assert_null(log_limit_admit(&limit, formats, 4, 0, &earlier));
	cr_assert_not_null(log_limit_admit(&limit, formats, 4, SECOND, &earlier));
	cr_expect_eq(earlier.n, 1);
	cr_expect_eq(strlen(earlier.text), LOG_LIMIT_TEXT - 1);
}
