/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames by return: what is asked, how often, and what counts as an answer. The other end of the
 * socket is the test's.
 */

#include "client/clock.h"
#include "client/udp_feed.h"
#include "wire/bytes.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint16_t channels[] = {4, 9};
static struct udp_feed feed;
static int peer;
static unsigned frames;
static struct frame last;

static int note(void *ctx, const struct frame *f)
{
	last = *f;
	frames++;
	return 0;
}

static void set_up(void)
{
	const struct endpoint from = {"::1", 7700};
	int fds[2];

	cr_assert_eq(udp_feed_init(&feed, &from, 5, NULL, channels, 2), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	feed.fd = fds[0];
	peer = fds[1];
	frames = 0;
}

static void tear_down(void)
{
	udp_feed_close(&feed);
	close(peer);
}

TestSuite(client_udp_feed, .init = set_up, .fini = tear_down);

/* Lets the next question be due, and takes it. */
static struct reaction_datagram asked(void)
{
	static uint8_t bytes[2048];
	struct reaction_datagram d;

	feed.due = 0;
	cr_assert_eq(udp_feed_turn(&feed, 0, note, NULL), 0);
	ssize_t len = recv(peer, bytes, sizeof(bytes), 0);
	cr_assert_eq(len, ANSWER_MAX, "any frame has room");
	cr_assert_eq(reaction_decode(bytes, (size_t)len, &d), REFUSED_none);
	return d;
}

static int answer(const struct answer *a)
{
	uint8_t bytes[ANSWER_MAX];

	cr_assert_gt(send(peer, bytes, answer_encode(a, bytes), 0), 0);
	return udp_feed_turn(&feed, POLLIN, note, NULL);
}

static struct answer with_frame(uint16_t channel, uint32_t window)
{
	return (struct answer){.session = 5,
		.channel = channel,
		.status = ANSWER_NOTHING,
		.pace = 10,
		.has_frame = true,
		.frame = {.channel = channel, .window = window}};
}

static double seconds_until_due(void)
{
	return ((double)feed.due - (double)feed.asked_at) / CLOCK_SECOND;
}

Test(client_udp_feed, channels_are_asked_in_turn_and_nothing_is_reported)
{
	for (unsigned i = 0; i < 4; i++) {
		struct reaction_datagram d = asked();

		cr_expect(d.channel == channels[i % 2] && d.session == 5 && d.batches == 0 &&
			  d.flags == REACTION_FRAME);
		struct answer a = with_frame(d.channel, 10 + i);
		cr_expect_eq(answer(&a), 0);
		cr_expect(frames == i + 1 && last.channel == d.channel);
	}
}

Test(client_udp_feed, a_ticket_goes_with_each_question)
{
	static const uint8_t ticket[WIRE_TICKET_LEN] = {1, 2, 3, 4};

	feed.ticket = ticket;
	struct reaction_datagram d = asked();
	cr_assert_eq(d.flags, REACTION_FRAME | REACTION_TICKET);
	cr_expect_eq(memcmp(d.ticket, ticket, sizeof(ticket)), 0);
}

Test(client_udp_feed, the_pace_is_kept_and_never_below_a_second)
{
	static const struct {
		uint8_t pace;
		double seconds;
	} rows[] = {{0, 1}, {10, 1}, {25, 2.5}, {255, 25.5}};

	for (unsigned i = 0; i < 4; i++) {
		struct answer a = with_frame(asked().channel, i);

		a.pace = rows[i].pace;
		answer(&a);
		cr_expect_float_eq(seconds_until_due(), rows[i].seconds, 1e-6);
		cr_expect_eq(udp_feed_turn(&feed, 0, note, NULL), 0);
		cr_expect_not(feed.waiting, "not before");
	}
}

Test(client_udp_feed, what_is_unanswered_is_asked_again_after_pauses_that_double)
{
	for (unsigned i = 0; i < 8; i++) {
		cr_expect_eq(asked().channel, 4, "again");
		cr_assert(feed.waiting);
		cr_expect_float_eq(seconds_until_due(), 1, 1e-6, "a second to answer");
		feed.due = 0;
		uint64_t before = clock_now();
		cr_assert_eq(udp_feed_turn(&feed, 0, note, NULL), 1);
		double pause = (double)(feed.due - before) / CLOCK_SECOND;
		double most = 1 << (i < 5 ? i : 5);
		cr_expect(pause >= most / 2 && feed.due <= clock_now() + most * CLOCK_SECOND,
			"%u: %f s", i, pause);
		cr_expect_eq(feed.unanswered, i + 1);
	}
	asked();
	struct answer a = with_frame(4, 1);
	answer(&a);
	cr_expect_eq(feed.unanswered, 0);
}

Test(client_udp_feed, only_newer_windows_are_shown_also_when_their_numbers_go_round)
{
	static const struct {
		uint32_t window;
		bool shown;
	} rows[] = {{UINT32_MAX - 1, true}, {UINT32_MAX - 1, false}, {UINT32_MAX - 3, false},
		{UINT32_MAX, true}, {0, true}, {UINT32_MAX, false}, {5, true}};

	feed.n = 1;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer a = with_frame(asked().channel, rows[i].window);
		unsigned before = frames;

		answer(&a);
		cr_expect_eq(frames - before, rows[i].shown, "window %u", rows[i].window);
	}
}

Test(client_udp_feed, what_is_no_answer_to_the_question_is_passed_over)
{
	struct answer other_session = with_frame(4, 1), other_channel = with_frame(9, 1);

	other_session.session = 6;
	asked();
	cr_expect_eq(answer(&other_session), 0);
	cr_expect_eq(answer(&other_channel), 0);
	cr_assert_gt(send(peer, "\xfb", 1, 0), 0);
	cr_expect_eq(udp_feed_turn(&feed, POLLIN, note, NULL), 0);
	cr_expect(feed.waiting && frames == 0);
	struct answer none = {.session = 5, .channel = 4, .status = ANSWER_NOTHING, .pace = 10};
	cr_expect_eq(answer(&none), 0);
	cr_expect(!feed.waiting && frames == 0, "answered: there is no frame yet");
}

Test(client_udp_feed, a_channel_that_does_not_exist_is_said)
{
	struct answer a = {.session = 5, .channel = 4, .status = ANSWER_UNKNOWN};

	asked();
	cr_expect_eq(answer(&a), -EPERM);
	cr_expect_eq(feed.channels[feed.turn].id, 4);
}
