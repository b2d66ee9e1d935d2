/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the fan-out is handed at the end of a window.
 */

#include "control/broadcast.h"
#include "control/channels.h"
#include "dataplane/moved.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PUBLISHED_MAX = 16 };

static struct frame published[PUBLISHED_MAX];
static char json[PUBLISHED_MAX][4096];
enum { ENDED = 123456789 }; // on the monotonic clock
static unsigned n_published, flushed, opened, closed;
static uint16_t open_channels[PUBLISHED_MAX], closed_channel;

/* In place of the fan-out. */
static struct fanout *const fanout = (struct fanout *)published;
void __wrap_fanout_publish(struct fanout *f, const struct fanout_frame *frame);
void __wrap_fanout_publish(struct fanout *f, const struct fanout_frame *frame)
{
	struct frame *p = &published[n_published];

	cr_assert_eq(frame_decode(frame->binary, frame->binary_len, p), 0);
	cr_expect_eq(p->channel, frame->channel);
	cr_expect_eq(p->window, frame->window);
	snprintf(json[n_published++], sizeof(json[0]), "%.*s", (int)frame->json_len, frame->json);
}

void __wrap_fanout_flush_window(struct fanout *f, uint64_t ended);
void __wrap_fanout_flush_window(struct fanout *f, uint64_t ended)
{
	cr_expect_eq(ended, ENDED);
	flushed++;
}

void __wrap_fanout_open_channel(struct fanout *f, uint16_t channel);
void __wrap_fanout_open_channel(struct fanout *f, uint16_t channel)
{
	open_channels[opened++] = channel;
}

void __wrap_fanout_close_channel(struct fanout *f, uint16_t channel);
void __wrap_fanout_close_channel(struct fanout *f, uint16_t channel)
{
	closed_channel = channel;
	closed++;
}

static const struct catalogue catalogue = {
	.weights = {[3] = 0.5}, .labels = {[3] = "\"name\":\"clap\",\"emoji\":\"👏\""}};
static const struct mood_rules rules = {.weights = catalogue.weights, .half_life_s = 60};
static struct store_rig rig;
static struct windows windows;

/* Channels 5 and 7 are open, 6 was closed. */
static void set_up(void)
{
	const struct config_channel keep[] = {{.id = 5}, {.id = 7}};

	store_rig_init(&rig, 2, 4, 8);
	store_rig_open(&rig);
	for (uint16_t channel = 5; channel <= 7; channel++)
		store_open_row(&rig.store, channel);
	store_close_others(&rig.store, keep, 2);
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	broadcast_open(fanout, &rig.store);
}

static void tear_down(void)
{
	windows_free(&windows);
	store_rig_remove(&rig);
}

TestSuite(control_broadcast, .init = set_up, .fini = tear_down);

static void window(uint64_t ends_ms)
{
	n_published = 0;
	flushed = 0;
	windows_close(&windows,
		(struct window_span){.ends_ms = ends_ms, .length_ms = 2000, .ends_mono = ENDED});
	broadcast_window(fanout, &windows, &catalogue);
}

static void tap(unsigned worker, unsigned row, uint64_t n)
{
	store_row_tallies(&rig.store, worker, row)[3] += n;
	moved_mark(merge_marks(&windows.merge, worker), row);
}

Test(control_broadcast, open_channels_exist_for_subscribers_before_their_first_frame)
{
	cr_assert_eq(opened, 2);
	cr_expect_eq(open_channels[0], 5);
	cr_expect_eq(open_channels[1], 7);
}

Test(control_broadcast, each_open_channel_has_a_frame_in_each_window_also_an_empty_one)
{
	for (unsigned i = 1; i <= 3; i++) {
		window(1781463800000 + 2000 * i);
		cr_assert_eq(n_published, 2);
		cr_expect_eq(published[0].channel, 5);
		cr_expect_eq(published[1].channel, 7);
		cr_expect_eq(published[0].taps, 0);
		cr_expect_eq(published[0].ends, 1781463800000 + 2000 * i);
		cr_expect_eq(published[0].length, 2000);
		cr_expect_eq(flushed, 1, "behind the last one");
	}
}

Test(control_broadcast, taps_are_in_the_frame_of_their_channel)
{
	tap(0, 2, 4);
	tap(1, 2, 1);
	window(2000);
	cr_assert_eq(n_published, 2);
	cr_expect_eq(published[0].taps, 0);
	cr_expect_eq(published[1].taps, 5);
	cr_expect_eq(published[1].total, 5);
	cr_expect_eq(published[1].score, 5000);
	cr_expect_neq(strstr(json[1], "\"name\":\"clap\",\"emoji\":\"👏\",\"count\":5"), NULL, "%s",
		json[1]);
	cr_expect_eq(windows.taps, 5);
	window(4000);
	cr_expect_eq(published[1].taps, 0);
	cr_expect_eq(published[1].total, 5);
}

static struct board_frame on_board(unsigned row, struct frame *f)
{
	uint8_t bytes[WIRE_FRAME_MAX];
	struct board_frame b = board_read(&rig.store.board[row], bytes, sizeof(bytes));

	if (b.length != 0)
		cr_assert_eq(frame_decode(bytes, b.length, f), 0);
	return b;
}

Test(control_broadcast, the_newest_frame_of_each_open_channel_is_on_the_board)
{
	struct frame f;

	cr_expect_eq(on_board(0, &f).length, 0, "before the first window");
	for (unsigned i = 1; i <= 2; i++) {
		tap(0, 2, 1);
		window(2000 * i);
		for (unsigned row = 0; row < 4; row++) {
			bool open = row == 0 || row == 2;

			cr_assert_eq(on_board(row, &f).length != 0, open, "row %u", row);
			cr_expect(!open || f.window == published[row / 2].window);
			cr_expect(!open || f.total == published[row / 2].total);
		}
	}
	broadcast_open(fanout, &rig.store);
	cr_expect_eq(on_board(0, &f).length, 0, "a start begins with an empty board");
}

Test(control_broadcast, taps_of_a_closed_channel_are_accounted_for_and_not_shown)
{
	tap(0, 1, 4);
	window(2000);
	cr_expect_eq(n_published, 2);
	cr_expect_eq(windows.taps, 4);
	cr_expect_eq(store_now_shown(&rig.store)->taps_in_windows, 4);
}

Test(control_broadcast, windows_have_one_series_of_numbers_that_goes_on)
{
	time_t before = time(NULL);

	window(2000);
	uint32_t first = published[0].window;
	cr_expect(first >= (uint32_t)before && first <= (uint32_t)time(NULL),
		"a new arena begins with the time: %u", first);
	cr_expect_eq(published[1].window, first, "one for all channels");
	window(4000);
	cr_expect_eq(published[0].window, first + 1);

	windows_free(&windows);
	store_rig_close(&rig);
	store_rig_open(&rig);
	cr_assert_eq(windows_init(&windows, rules, &rig.store), 0);
	broadcast_open(fanout, &rig.store);
	window(6000);
	cr_expect_eq(published[0].window, first + 2, "also from start to start");
}

/* A window as the appliance closes it; settled: no worker counts for what is closing any more. */
static void window_with(struct channels *c, uint64_t ends_ms, bool settled)
{
	n_published = closed = opened = 0;
	windows_close(&windows,
		(struct window_span){.ends_ms = ends_ms, .length_ms = 2000, .ends_mono = ENDED});
	if (settled)
		channels_say_last(c, &windows);
	broadcast_window(fanout, &windows, &catalogue);
	if (settled)
		channels_end(c, &rig.store, fanout);
}

static void take(struct channels *c, const struct config_channel *list, unsigned n)
{
	const struct config config = {.channels = list, .n_channels = n};
	unsigned missing;

	cr_assert(channels_fit(&rig.store, &config, &missing));
	channels_take(c, &rig.store, &config, fanout);
}

static const struct config_channel five[] = {{.id = 5}}, five_seven[] = {{.id = 5}, {.id = 7}};

Test(control_broadcast, a_channel_that_closes_has_frames_until_nobody_counts_for_it)
{
	struct channels c;

	cr_assert_eq(channels_init(&c, &rig.store), 0);
	take(&c, five, 1);
	cr_expect_eq(c.n_closing, 1);
	for (unsigned i = 1; i <= 2; i++) {
		tap(0, 2, 1);
		window_with(&c, 2000 * i, false);
		cr_assert_eq(n_published, 2);
		cr_expect_eq(published[1].taps, 1);
		cr_expect_eq(published[1].flags & FRAME_CLOSED, 0, "it may not be the last");
	}
	tap(0, 2, 5);
	window_with(&c, 6000, true);
	cr_assert_eq(n_published, 2);
	cr_expect_eq(published[0].flags & FRAME_CLOSED, 0);
	cr_expect_eq(published[1].channel, 7);
	cr_expect_eq(published[1].taps, 5);
	cr_expect_eq(published[1].flags & FRAME_CLOSED, FRAME_CLOSED);
	cr_expect_eq(closed, 1);
	cr_expect_eq(closed_channel, 7);
	cr_expect_eq(c.n_closing, 0);
	window_with(&c, 8000, true);
	cr_expect_eq(n_published, 1);
	cr_expect_eq(closed, 0);
	channels_free(&c);
}

Test(control_broadcast, a_channel_that_is_opened_again_goes_on)
{
	struct channels c;
	struct frame f;

	cr_assert_eq(channels_init(&c, &rig.store), 0);
	take(&c, five, 1);
	take(&c, five_seven, 2);
	cr_expect_eq(c.n_closing, 0, "it never closed");
	tap(0, 2, 3);
	window_with(&c, 2000, true);
	cr_expect_eq(published[1].flags & FRAME_CLOSED, 0);
	take(&c, five, 1);
	window_with(&c, 4000, true);
	cr_expect_eq(on_board(2, &f).length != 0 && (f.flags & FRAME_CLOSED) != 0, true);
	take(&c, five_seven, 2);
	cr_expect_eq(opened, 1);
	cr_expect_eq(on_board(2, &f).length, 0, "its last frame is none of now");
	window_with(&c, 6000, true);
	cr_assert_eq(n_published, 2);
	cr_expect_eq(published[1].channel, 7);
	cr_expect_eq(published[1].total, 3);
	cr_expect_eq(published[1].flags & FRAME_CLOSED, 0);
	channels_free(&c);
}

Test(control_broadcast, a_new_channel_takes_a_row_if_there_is_one)
{
	const struct config_channel more[] = {{.id = 5}, {.id = 8}},
				    most[] = {{.id = 8}, {.id = 9}};
	const struct config config = {.channels = most, .n_channels = 2};
	struct channels c;
	unsigned missing;

	cr_assert_eq(channels_init(&c, &rig.store), 0);
	opened = 0;
	take(&c, more, 2);
	cr_expect_eq(opened, 1);
	cr_expect_eq(open_channels[0], 8);
	cr_expect_eq(store_rows_used(&rig.store), 4);
	cr_expect_not(channels_fit(&rig.store, &config, &missing), "closed channels keep theirs");
	cr_expect_eq(missing, 1);
	window_with(&c, 2000, true);
	cr_expect_eq(n_published, 3);
	window_with(&c, 4000, true);
	cr_expect_eq(n_published, 2);
	channels_free(&c);
}
