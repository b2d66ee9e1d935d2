/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What `uproar send` puts into its datagram. */

#include "client/tap.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

static uint8_t payload[WIRE_PAYLOAD_MAX];
static char why[TAP_WHY_MAX];

static int build(int channel, bool as_text, unsigned n, char **words, struct reaction_datagram *d)
{
	struct tap tap = {.channel = channel,
		.as_text = as_text,
		.session = 0xabcdef,
		.sequence = 1,
		.words = words,
		.n = n};
	int len = tap_build(&tap, payload, why);

	if (len > 0)
		cr_assert_eq(reaction_decode(payload, (size_t)len, d), REFUSED_none);
	return len;
}

#define BUILD(channel, as_text, d, ...)                                           \
	build(channel, as_text, sizeof((char *[]){__VA_ARGS__}) / sizeof(char *), \
		(char *[]){__VA_ARGS__}, d)

Test(client_tap, text_without_a_channel_is_plain)
{
	struct reaction_datagram d;
	int len = BUILD(-1, false, &d, (char[]){"🔥🔥"}, (char[]){"👏"});

	cr_assert_eq(len, 13);
	cr_expect_arr_eq(payload, "🔥🔥 👏", 13);
	cr_expect(d.flags & REACTION_PLAIN);
}

Test(client_tap, text_with_a_channel_has_a_header)
{
	struct reaction_datagram d;

	cr_assert_gt(BUILD(5, false, &d, (char[]){"🔥🔥👏"}), 0);
	cr_expect_eq(d.flags, REACTION_TEXT);
	cr_expect_eq(d.channel, 5);
	cr_expect_eq(d.sequence, 1);
	cr_expect_eq(d.session, 0xabcdef);
	cr_expect_eq(d.body_len, 12);
}

Test(client_tap, pairs_become_a_batch)
{
	struct reaction_datagram d;

	cr_assert_gt(BUILD(1, false, &d, (char[]){"7:2"}, (char[]){"3:255"}), 0);
	cr_expect_eq(d.flags, 0);
	cr_expect_eq(d.channel, 1);
	cr_expect_arr_eq(d.body, "\x02\x07\x02\x03\xff", 5);
	cr_assert_gt(BUILD(-1, false, &d, (char[]){"255:1"}), 0);
	cr_expect_eq(d.channel, 0, "a batch without a channel goes to channel 0");
}

Test(client_tap, text_can_be_asked_for)
{
	struct reaction_datagram d;

	cr_expect_eq(BUILD(-1, true, &d, (char[]){"7:2"}), 3);
	cr_expect_arr_eq(payload, "7:2", 3);
	cr_expect_gt(BUILD(-1, false, &d, (char[]){"7:2"}, (char[]){"goal"}), 0);
	cr_expect(d.flags & REACTION_PLAIN, "one word that is no pair makes all text");
}

Test(client_tap, refuses_what_breaks_the_protocol)
{
	struct reaction_datagram d;
	char *many[WIRE_PAIRS_MAX + 1];
	char ids[WIRE_PAIRS_MAX + 1][8], text[WIRE_TEXT_MAX + 2];

	cr_expect_eq(BUILD(1, false, &d, (char[]){"256:1"}), -EINVAL);
	cr_expect_eq(BUILD(1, false, &d, (char[]){"1:0"}), -EINVAL);
	cr_expect_eq(BUILD(1, false, &d, (char[]){"1:256"}), -EINVAL);
	cr_expect_eq(BUILD(1, false, &d, (char[]){"99999999999999999999999:1"}), -EINVAL);
	cr_expect_eq(BUILD(1, false, &d, (char[]){"1:2"}, (char[]){"1:3"}), -EINVAL);
	cr_expect_eq(BUILD(1, false, &d, (char[]){""}), -EINVAL);
	cr_expect_eq(BUILD(-1, false, &d, (char[]){"\xff\xfe"}), -EINVAL);
	for (unsigned i = 0; i <= WIRE_PAIRS_MAX; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%u:1", i);
		many[i] = ids[i];
	}
	cr_expect_eq(build(1, false, WIRE_PAIRS_MAX + 1, many, &d), -EINVAL);
	cr_expect_gt(build(1, false, WIRE_PAIRS_MAX, many, &d), 0);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect_eq(BUILD(1, false, &d, text), -EINVAL);
	text[WIRE_TEXT_MAX] = '\0';
	cr_expect_eq(BUILD(1, false, &d, text), WIRE_HEADER_LEN + WIRE_TEXT_MAX);
}

Test(client_tap, a_ticket_goes_with_anything)
{
	static const uint8_t ticket[WIRE_TICKET_LEN] = {1, 2, 3, 4, 5, 0, 7, 8};
	char *words[] = {(char[]){"7:2"}}, *text[] = {(char[]){"goal"}};
	struct tap tap = {.channel = -1,
		.session = 9,
		.sequence = 77,
		.ticket = ticket,
		.words = words,
		.n = 1};
	struct reaction_datagram d;

	int len = tap_build(&tap, payload, why);
	cr_assert_gt(len, 0);
	cr_assert_eq(reaction_decode(payload, (size_t)len, &d), REFUSED_none);
	cr_expect_eq(d.flags, REACTION_TICKET);
	cr_expect_eq(d.sequence, 77);
	cr_expect_arr_eq(d.ticket, ticket, sizeof(ticket));
	tap.words = text;
	len = tap_build(&tap, payload, why);
	cr_assert_gt(len, 0);
	cr_assert_eq(reaction_decode(payload, (size_t)len, &d), REFUSED_none);
	cr_expect_eq(d.flags, REACTION_TICKET | REACTION_TEXT, "plain text could have none");
	cr_expect_eq(d.channel, 0);
}

/* So it has a header, for only that can ask. */
Test(client_tap, who_wants_a_receipt_asks_for_it_in_text_and_in_batches)
{
	static char text[] = "🔥", pair[] = "7:2";
	struct tap tap = {.channel = -1, .session = 5, .sequence = 1, .receipt = true, .n = 1};
	struct reaction_datagram d;

	for (unsigned i = 0; i < 2; i++) {
		tap.words = (char *[]){i == 0 ? text : pair};
		int len = tap_build(&tap, payload, why);
		cr_assert_gt(len, 0);
		cr_assert_eq(reaction_decode(payload, (size_t)len, &d), REFUSED_none);
		cr_expect_eq(d.flags, REACTION_RECEIPT | (i == 0 ? REACTION_TEXT : 0));
		cr_expect_eq(d.channel, 0);
	}
}
