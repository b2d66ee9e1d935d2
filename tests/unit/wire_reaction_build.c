/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * reaction_put_*(): what they build is decoded to the same, and what the decoder would refuse they
 * do not build.
 */

#include "seeded_random.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint8_t pairs[] = {7, 2, 3, 255, 0, 1};
static const uint8_t ticket[WIRE_TICKET_LEN] = {
	9, 9, 9, 9, 1, 0, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8};

Test(wire_reaction_build, batches_are_decoded_to_what_was_put)
{
	const struct reaction_datagram in = {.session = (1ull << 56) - 1,
		.sequence = 0xfffffffe,
		.channel = 0xfffe,
		.flags = REACTION_TICKET | REACTION_RECEIPT,
		.batches = 2,
		.ticket = ticket};
	uint8_t out[64];
	struct reaction_datagram d;
	size_t len = reaction_put_header(out, sizeof(out), &in);

	cr_assert_eq(len, WIRE_HEADER_LEN + WIRE_TICKET_LEN);
	len = reaction_put_batch(out, sizeof(out), len, pairs, 3);
	len = reaction_put_batch(out, sizeof(out), len, pairs, 1);
	cr_assert_eq(len, 32 + 7 + 3);
	cr_assert_eq(reaction_decode(out, len, &d), REFUSED_none);
	cr_expect_eq(d.session, in.session);
	cr_expect_eq(d.sequence, in.sequence);
	cr_expect_eq(d.channel, in.channel);
	cr_expect_eq(d.flags, in.flags);
	cr_expect_eq(d.batches, in.batches);
	cr_expect_eq(memcmp(d.ticket, ticket, sizeof(ticket)), 0);
	cr_assert_eq(d.body_len, 10);
	cr_expect_eq(memcmp(d.body + 1, pairs, 6), 0);
	cr_expect_eq(memcmp(d.body + 8, pairs, 2), 0);
}

Test(wire_reaction_build, text_is_decoded_to_what_was_put)
{
	const struct reaction_datagram in = {
		.session = 1, .sequence = 1, .channel = 2, .flags = REACTION_TEXT, .batches = 1};
	uint8_t out[64];
	struct reaction_datagram d;
	size_t len = reaction_put_header(out, sizeof(out), &in);

	len = reaction_put_text(out, sizeof(out), len, "🔥🔥");
	cr_assert_eq(reaction_decode(out, len, &d), REFUSED_none);
	cr_assert_eq(d.body_len, 8);
	cr_expect_eq(memcmp(d.body, "🔥🔥", 8), 0);
}

Test(wire_reaction_build, a_header_that_breaks_the_protocol_is_not_built)
{
	static const uint8_t reserved[WIRE_TICKET_LEN] = {[5] = 1};
	const struct reaction_datagram good = {.session = 1, .sequence = 1, .batches = 1};
	const struct {
		const char *what;
		struct reaction_datagram d;
	} rows[] = {
		{"session 0", {.session = 0, .sequence = 1, .batches = 1}},
		{"a session of 57 bits", {.session = 1ull << 56, .sequence = 1, .batches = 1}},
		{"no batches", {.session = 1, .sequence = 1, .batches = 0}},
		{"9 batches", {.session = 1, .sequence = 9, .batches = 9}},
		{"more batches than the sequence", {.session = 1, .sequence = 1, .batches = 2}},
		{"unsequenced history", {.session = 1, .sequence = 0, .batches = 2}},
		{"no channel", {.session = 1, .sequence = 1, .batches = 1, .channel = 0xffff}},
		{"text in two batches",
			{.session = 1, .sequence = 2, .batches = 2, .flags = REACTION_TEXT}},
		{"text in no batch",
			{.session = 1, .batches = 0, .flags = REACTION_TEXT | REACTION_FRAME}},
		{"no ticket",
			{.session = 1, .sequence = 1, .batches = 1, .flags = REACTION_TICKET}},
		{"reserved byte of the ticket", {.session = 1,
							.sequence = 1,
							.batches = 1,
							.flags = REACTION_TICKET,
							.ticket = reserved}},
	};
	uint8_t out[64];

	cr_assert_eq(reaction_put_header(out, sizeof(out), &good), WIRE_HEADER_LEN);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(
			reaction_put_header(out, sizeof(out), &rows[i].d), 0, "%s", rows[i].what);
}

Test(wire_reaction_build, a_batch_that_breaks_the_protocol_is_not_built)
{
	static const uint8_t twice[] = {7, 1, 8, 1, 7, 1}, zero[] = {7, 0};
	uint8_t many[2 * 33], out[256];

	for (unsigned i = 0; i < 33; i++) {
		many[2 * i] = (uint8_t)i;
		many[2 * i + 1] = 1;
	}
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 16, many, 32), 16 + 65);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 16, many, 33), 0);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 16, many, 0), 0);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 16, twice, 3), 0);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 16, zero, 1), 0);
}

Test(wire_reaction_build, what_does_not_fit_is_not_built)
{
	const struct reaction_datagram plain = {.session = 1, .sequence = 1, .batches = 1};
	const struct reaction_datagram ticketed = {.session = 1,
		.sequence = 1,
		.batches = 1,
		.flags = REACTION_TICKET,
		.ticket = ticket};
	uint8_t out[1300];
	char text[600];

	cr_expect_eq(reaction_put_header(out, 15, &plain), 0);
	cr_expect_eq(reaction_put_header(out, 16, &plain), 16);
	cr_expect_eq(reaction_put_header(out, 31, &ticketed), 0);
	cr_expect_eq(reaction_put_header(out, 32, &ticketed), 32);

	cr_expect_eq(reaction_put_batch(out, 22, 16, pairs, 3), 0);
	cr_expect_eq(reaction_put_batch(out, 23, 16, pairs, 3), 23);
	cr_expect_eq(reaction_put_batch(out, 10, 16, pairs, 3), 0);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 1193, pairs, 3), 1200);
	cr_expect_eq(reaction_put_batch(out, sizeof(out), 1194, pairs, 3), 0, "over 1200 bytes");

	memset(text, 'x', sizeof(text));
	text[512] = '\0';
	cr_expect_eq(reaction_put_text(out, sizeof(out), 16, text), 16 + 512);
	text[512] = 'x';
	text[513] = '\0';
	cr_expect_eq(reaction_put_text(out, sizeof(out), 16, text), 0);
	cr_expect_eq(reaction_put_text(out, sizeof(out), 16, ""), 0);
	cr_expect_eq(reaction_put_text(out, 17, 16, "hi"), 0);
	cr_expect_eq(reaction_put_text(out, 18, 16, "hi"), 18);
}

/* A failure stays one, so that a caller may check the end alone. */
Test(wire_reaction_build, what_follows_a_failure_fails)
{
	uint8_t out[64];

	cr_expect_eq(reaction_put_batch(out, sizeof(out), 0, pairs, 3), 0);
	cr_expect_eq(reaction_put_text(out, sizeof(out), 0, "hi"), 0);
}

Test(wire_reaction_build, every_header_that_is_built_is_accepted)
{
	struct seeded_random r = seeded_random_new("wire_reaction_build");
	unsigned built = 0;

	for (unsigned i = 0; i < 200000; i++) {
		struct reaction_datagram in = {.session = random_next(&r) >> random_below(&r, 10),
			.sequence = random_below(&r, 12),
			.channel = (uint16_t)random_next(&r),
			.flags = (uint8_t)random_below(&r, 16),
			.batches = (uint8_t)random_below(&r, 12),
			.ticket = ticket};
		uint8_t out[1200];
		struct reaction_datagram d;
		size_t len = reaction_put_header(out, sizeof(out), &in);

		if (len == 0)
			continue;
		if ((in.flags & REACTION_TEXT) != 0)
			len = reaction_put_text(out, sizeof(out), len, "x");
		for (unsigned b = 0; (in.flags & REACTION_TEXT) == 0 && b < in.batches; b++)
			len = reaction_put_batch(out, sizeof(out), len, pairs, 3);
		cr_assert_eq(reaction_decode(out, len, &d), REFUSED_none);
		cr_assert(d.session == in.session && d.sequence == in.sequence &&
			  d.channel == in.channel && d.flags == in.flags &&
			  d.batches == in.batches);
		built++;
	}
	cr_expect_gt(built, 1000);
}
