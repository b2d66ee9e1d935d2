/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What the crowd says at its end is what the frames said. */

#include "client/crowd/scoreboard.h"
#include "client/ledger.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct scoreboard board;
static struct board_sum sum;
static const uint16_t channels[] = {1, 2};

static void set_up(void)
{
	cr_assert_eq(scoreboard_init(&board, channels, 2, 1000), 0);
}

static void tear_down(void)
{
	scoreboard_free(&board);
}

TestSuite(client_scoreboard, .init = set_up, .fini = tear_down);

static bool take(uint16_t channel, uint32_t window, uint32_t taps, uint64_t total)
{
	struct frame f = {.channel = channel,
		.window = window,
		.taps = taps,
		.total = total,
		.ends = window * 100,
		.score = 5000,
		.n = 2,
		.entries = {{.reaction = 7, .count = taps / 2},
			{.reaction = 3, .count = taps - taps / 2}}};

	return scoreboard_take(&board, &f, &sum);
}

Test(client_scoreboard, counts_from_where_the_totals_stood)
{
	cr_expect_not(scoreboard_ready(&board));
	cr_expect_not(take(1, 10, 5, 100));
	cr_expect_not(scoreboard_ready(&board));
	cr_expect_not(take(2, 10, 5, 900));
	cr_expect(scoreboard_ready(&board));
	scoreboard_begin(&board);
	cr_expect_eq(scoreboard_counted(&board), 0);
	cr_expect_not(take(1, 11, 4, 104));
	cr_expect(take(2, 11, 6, 906));
	cr_expect_eq(sum.window, 11);
	cr_expect_eq(sum.taps, 10);
	cr_expect_eq(sum.total, 1010);
	cr_expect_float_eq(sum.score, 0.5, 1e-9);
	cr_expect_eq(sum.entries[0].share, 5000);
	cr_expect_eq(scoreboard_counted(&board), 10);
	cr_expect_eq(board.windows, 1);
}

Test(client_scoreboard, begins_only_after_a_window_that_ended_since)
{
	take(1, 8, 0, 0);
	take(2, 10, 0, 0);
	cr_expect_not(scoreboard_ready(&board), "taps of others may still be on their way");
	take(1, 8, 0, 0);
	cr_expect_not(scoreboard_ready(&board));
	take(1, 9, 3, 3);
	cr_expect(scoreboard_ready(&board), "a second window is new, whatever its clock says");
}

Test(client_scoreboard, a_window_without_a_channel_still_closes)
{
	take(1, 10, 0, 0);
	take(2, 10, 0, 0);
	scoreboard_begin(&board);
	cr_expect_not(take(1, 11, 3, 3));
	cr_expect(take(1, 12, 2, 5), "the window before is over");
	cr_expect_eq(sum.window, 11);
	cr_expect_eq(sum.taps, 3);
	cr_expect(take(2, 12, 9, 9));
	cr_expect_eq(sum.window, 12);
	cr_expect_eq(board.windows, 2);
	cr_expect_eq(scoreboard_counted(&board), 14);
}

Test(client_scoreboard, old_repeated_and_foreign_frames_change_nothing)
{
	take(1, 10, 0, 50);
	take(2, 10, 0, 50);
	scoreboard_begin(&board);
	take(1, 12, 1, 51);
	cr_expect_not(take(1, 11, 9, 99));
	cr_expect_not(take(9, 13, 9, 99));
	take(1, 12, 1, 51);
	cr_expect_eq(scoreboard_counted(&board), 1);
	cr_expect_eq(board.windows, 1);
}

Test(client_scoreboard, a_frame_that_lies_about_its_taps_breaks_nothing)
{
	struct frame f = {
		.channel = 1, .window = 11, .taps = 0, .n = 1, .entries = {{.count = UINT32_MAX}}};

	take(1, 10, 0, 0);
	take(2, 10, 0, 0);
	scoreboard_begin(&board);
	scoreboard_take(&board, &f, &sum);
	cr_expect(take(2, 11, 0, 0));
	cr_expect_leq(sum.entries[0].share, FRAME_SHARE_ONE);
}

static int ledger_of(const char *json, struct ledger *out)
{
	return ledger_read(json, strlen(json), out);
}

Test(client_scoreboard, the_ledger_is_read_with_suspicion)
{
	struct ledger l;

	cr_expect_eq(
		ledger_of("{\"ledger\":{\"balanced\":true,\"taps_not_yet_merged\":0}}", &l), 0);
	cr_expect(l.balanced && l.settled);
	cr_expect_eq(
		ledger_of("{\"ledger\":{\"balanced\":false,\"taps_not_yet_merged\":3}}", &l), 0);
	cr_expect(!l.balanced && !l.settled);
	cr_expect_eq(ledger_of("{\"ledger\":{\"balanced\":1}}", &l), -EINVAL);
	cr_expect_eq(ledger_of("{\"ledger\":true}", &l), -EINVAL);
	cr_expect_eq(ledger_of("{}", &l), -EINVAL);
	cr_expect_eq(ledger_of("", &l), -EINVAL);
	cr_expect_eq(ledger_of("{\"ledger\":{\"balanced\":true}", &l), -EINVAL);
}

Test(client_scoreboard, a_window_that_is_not_whole_at_the_end_is_summed_up)
{
	cr_expect_not(scoreboard_end(&board, &sum), "nothing has begun");
	take(1, 10, 0, 0);
	take(2, 10, 0, 0);
	scoreboard_begin(&board);
	cr_expect_not(scoreboard_end(&board, &sum));
	take(1, 11, 4, 4);
	cr_expect(scoreboard_end(&board, &sum));
	cr_expect_eq(sum.window, 11);
	cr_expect_eq(sum.taps, 4);
	cr_expect_eq(board.windows, 1);
	cr_expect_not(scoreboard_end(&board, &sum), "once");
}
