/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The table stays within the terminal, whatever stands in it. */

#include "client/crowd/screen.h"

#include <criterion/criterion.h>
#include <unistd.h>

Test(client_screen, knows_how_wide_text_is)
{
	cr_expect_eq(screen_columns(""), 0);
	cr_expect_eq(screen_columns("abc"), 3);
	cr_expect_eq(screen_columns("é"), 1);
	cr_expect_eq(screen_columns("🔥"), 2);
	cr_expect_eq(screen_columns("❤️"), 2, "U+FE0F makes it an emoji");
	cr_expect_eq(screen_columns("👍🏽"), 2, "a skin tone takes no room of its own");
	cr_expect_eq(screen_columns("👨‍👩‍👧"), 2, "nor do joined members");
	cr_expect_eq(screen_columns("🇮🇳🇦🇺"), 4, "two letters make a flag");
	cr_expect_eq(screen_columns("東京"), 4);
	cr_expect_eq(screen_columns("\xff\xfe"), 2, "bytes that are no UTF-8 take one each");
}

Test(client_screen, cuts_lines_at_the_width_and_columns_at_the_height)
{
	static struct screen s;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	screen_init(&s, fds[1]);
	screen_begin(&s); // a pipe has no size: 80 by 24
	for (unsigned line = 0; line < 40; line++) {
		for (unsigned i = 0; i < 100; i++)
			screen_put(&s, "🔥");
		cr_assert_leq(s.column, 80);
		screen_end_line(&s);
	}
	cr_expect_eq(s.lines, 23);
	screen_begin(&s);
	screen_put(&s, "x");
	screen_put_padded(&s, "🔥🔥🔥", 5);
	cr_expect_eq(s.column, 6);
	screen_put_padded(&s, "東", 1);
	cr_expect_eq(s.column, 7);
	close(fds[0]);
	close(fds[1]);
}
