/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A stream comes in pieces of any size, and not everything in it is meant well. */

#include "client/subscription.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static struct subscription s;
static int peer;
static unsigned messages;
static uint8_t last[SUBSCRIPTION_MESSAGE_MAX];
static size_t last_len;

static int note(void *ctx, const uint8_t *message, size_t len)
{
	memcpy(last, message, len);
	last_len = len;
	messages++;
	return 0;
}

static void open_stream(bool json)
{
	static const uint16_t channels[] = {1, 2};
	struct endpoint from = {"127.0.0.1", 7701};
	int fds[2];

	cr_assert_eq(subscription_init(&s, &from, channels, 2, json), 0);
	cr_assert_str_eq(s.line, json ? "SUB 1,2 json\n" : "SUB 1,2\n");
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	s.fd = fds[0];
	s.state = SUBSCRIPTION_OPEN;
	peer = fds[1];
}

static int feed(const void *bytes, size_t len)
{
	cr_assert_eq(write(peer, bytes, len), (ssize_t)len);
	return subscription_turn(&s, POLLIN, note, NULL);
}

static size_t make_frame(uint8_t *out)
{
	struct frame f = {.channel = 1, .window = 412, .n = 3};
	size_t len = frame_encode(&f, out + 2);

	out[0] = (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	return len + 2;
}

Test(client_subscription, frames_come_byte_by_byte)
{
	uint8_t bytes[WIRE_FRAME_MAX + 2];
	size_t len = make_frame(bytes);
	struct frame f;

	open_stream(false);
	for (unsigned round = 1; round <= 3; round++) {
		for (size_t i = 0; i < len; i++)
			cr_assert_eq(feed(bytes + i, 1), 0);
		cr_assert_eq(messages, round);
		cr_assert_eq(frame_decode(last, last_len, &f), 0);
		cr_expect_eq(f.window, 412);
	}
	subscription_close(&s);
}

Test(client_subscription, many_frames_come_at_once)
{
	uint8_t bytes[100 * (WIRE_FRAME_MAX + 2)];
	size_t len = 0;

	open_stream(false);
	for (unsigned i = 0; i < 100; i++)
		len += make_frame(bytes + len);
	cr_assert_eq(feed(bytes, len), 0);
	cr_expect_eq(messages, 100);
	subscription_close(&s);
}

Test(client_subscription, json_comes_in_lines)
{
	open_stream(true);
	cr_assert_eq(feed("{\"a\":1}\n{\"b\"", 12), 0);
	cr_expect_eq(messages, 1);
	cr_assert_eq(feed(":2}\r\n", 5), 0);
	cr_expect_eq(messages, 2);
	cr_expect_eq(last_len, 7);
	cr_expect_arr_eq(last, "{\"b\":2}", 7);
	subscription_close(&s);
}

Test(client_subscription, a_refusal_is_told_and_made_printable)
{
	open_stream(false);
	cr_assert_eq(feed("ERR no\033[2J channel\n", 20), -EPERM);
	cr_expect_str_eq(s.refusal, "no?[2J channel");
	cr_expect_eq(s.fd, -1);
}

Test(client_subscription, what_no_frame_can_be_ends_the_connection)
{
	static uint8_t endless[SUBSCRIPTION_MESSAGE_MAX];
	int ret = 0;

	open_stream(false);
	cr_assert_eq(feed("\x10\x00", 2), 1, "a length that no frame has");
	cr_expect_eq(s.state, SUBSCRIPTION_LOST);
	cr_expect_gt(subscription_timeout(&s), 0, "and it is tried again after a pause");
	open_stream(true);
	memset(endless, 'x', sizeof(endless));
	for (unsigned i = 0; i < 4 && ret == 0; i++)
		ret = feed(endless, sizeof(endless) / 2);
	cr_expect_eq(ret, 1, "a line without end");
	cr_expect_eq(s.error, -EMSGSIZE);
}

Test(client_subscription, pauses_grow_and_stay_bounded)
{
	int before = 0;

	for (unsigned i = 0; i < 12; i++) {
		open_stream(false);
		s.attempts = i;
		close(peer);
		cr_assert_eq(subscription_turn(&s, POLLIN, note, NULL), 1);
		int pause = subscription_timeout(&s);
		cr_expect_leq(pause, 8001);
		if (i == 0)
			cr_expect_leq(pause, 251);
		before = pause;
	}
	cr_expect_geq(before, 3900);
}

Test(client_subscription, more_channels_than_fit_are_refused)
{
	static uint16_t channels[200];
	struct endpoint from = {"127.0.0.1", 7701};

	for (unsigned i = 0; i < 200; i++)
		channels[i] = (uint16_t)(60000 + 2 * i);
	cr_expect_eq(subscription_init(&s, &from, channels, 200, true), -E2BIG);
	cr_expect_eq(subscription_init(&s, &from, channels, 64, true), 0);
	cr_expect_leq(s.line_len, SUBSCRIPTION_LINE_MAX);
}

Test(client_subscription, channels_in_a_row_are_asked_for_as_a_range)
{
	static const uint16_t channels[] = {0, 1, 2, 3, 7, 9, 10, 65534};
	struct endpoint from = {"127.0.0.1", 7701};

	cr_assert_eq(subscription_init(&s, &from, channels, 8, false), 0);
	cr_expect_str_eq(s.line, "SUB 0-3,7,9,10,65534\n");
}
