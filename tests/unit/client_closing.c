/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The last line of a crowd, and the exit status that goes with it. */

#include "client/crowd/closing.h"

#include <criterion/criterion.h>

static void expect(struct closing c, const char *line, int status)
{
	char said[160];

	closing_write(&c, said, sizeof(said));
	cr_expect_str_eq(said, line);
	cr_expect_eq(closing_status(&c), status, "%s", line);
}

Test(client_closing, a_crowd_that_taps_holds_what_was_counted_against_what_it_sent)
{
	struct closing c = {.taps = true, .windows = 3, .taps_sent = 70, .taps_counted = 70};

	expect(c, "windows 3, taps sent 70, taps counted 70, ledger not balanced", 1);
	c.balanced = true;
	expect(c, "windows 3, taps sent 70, taps counted 70, ledger balanced", 0);
	c.taps_counted = 69;
	expect(c, "windows 3, taps sent 70, taps counted 69, ledger balanced", 1);
	c.taps_counted = 71;
	expect(c, "windows 3, taps sent 70, taps counted 71, ledger balanced", 1);
}

Test(client_closing, a_crowd_that_only_shows_has_nothing_to_hold_against)
{
	struct closing c = {.windows = 3, .taps_counted = 12, .balanced = true};

	expect(c, "windows 3, taps sent 0, taps counted 12, ledger balanced", 0);
	c.balanced = false;
	expect(c, "windows 3, taps sent 0, taps counted 12, ledger not balanced", 1);
}
