/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The answer: the bytes of the protocol, and nothing else is taken for one.
 */

#include "wire/answer.h"
#include "wire_random_frame.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

enum { TIMES = 20000 };

Test(wire_answer, the_bytes_are_those_of_the_protocol)
{
	static const uint8_t expected[] = {
		0xfb, 0x1a, 0x12, 0x34, 10, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0x03, 0xe8};
	const struct answer a = {.session = 0x01020304050607,
		.sequence = 1000,
		.channel = 0x1234,
		.status = ANSWER_LIMITED,
		.pace = 10,
		.too_short = true};
	uint8_t bytes[ANSWER_MAX];

	cr_assert_eq(answer_encode(&a, bytes), sizeof(expected));
	cr_expect_eq(memcmp(bytes, expected, sizeof(expected)), 0);
}

static struct answer random_answer(struct seeded_random *r)
{
	struct answer a = {
		.session = 1 + random_next(r) % ((1ull << 56) - 1),
		.sequence = (uint32_t)random_or_limit(r, UINT32_MAX),
		.channel = (uint16_t)random_or_limit(r, 0xfffe),
		.status = (uint8_t)random_below(r, ANSWER_STATUSES),
		.pace = (uint8_t)random_or_limit(r, 255),
		.has_frame = random_below(r, 2) != 0,
	};

	if (a.has_frame) {
		a.frame = random_frame(r);
		a.frame.channel = a.channel;
	} else {
		a.too_short = random_below(r, 2) != 0;
	}
	return a;
}

/* All that an answer says is in its bytes: the same bytes, the same answer. */
Test(wire_answer, what_was_encoded_is_decoded_and_cut_or_lengthened_it_is_none)
{
	struct seeded_random r = seeded_random_new("wire_answer");

	for (unsigned i = 0; i < TIMES; i++) {
		struct answer a = random_answer(&r), b;
		uint8_t bytes[ANSWER_MAX + 1] = {0}, again[ANSWER_MAX];
		size_t len = answer_encode(&a, bytes);

		cr_assert(len <= ANSWER_MAX);
		cr_assert_eq(answer_decode(bytes, len, &b), 0);
		cr_assert(b.session == a.session && b.sequence == a.sequence &&
			  b.channel == a.channel && b.status == a.status && b.pace == a.pace &&
			  b.too_short == a.too_short && b.has_frame == a.has_frame);
		cr_assert_eq(answer_encode(&b, again), len);
		cr_assert_eq(memcmp(again, bytes, len), 0);
		cr_assert_eq(answer_decode(bytes, len + 1, &b), -EINVAL);
		size_t cut = random_below(&r, (unsigned)len);
		int ret = answer_decode(bytes, cut, &b);
		cr_assert_eq(ret, cut == ANSWER_HEAD_LEN ? 0 : -EINVAL, "%zu of %zu", cut, len);
	}
}

Test(wire_answer, another_magic_version_status_session_or_channel_is_none)
{
	struct answer a = {.session = 1, .channel = 1, .has_frame = true, .frame = {.channel = 1}};
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {{0, 0xfa}, {0, 0xfc}, {1, 0x20}, {1, 0x00}, {1, 0x15}, {1, 0x16}, {1, 0x17},
		{1, 0x18}, {11, 0}, {3, 2}, {16, 0xfb}};
	uint8_t bytes[ANSWER_MAX];
	size_t len = answer_encode(&a, bytes);

	cr_assert_eq(answer_decode(bytes, len, &a), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t kept = bytes[rows[i].at];

		bytes[rows[i].at] = rows[i].value;
		cr_expect_eq(answer_decode(bytes, len, &a), -EINVAL, "byte %zu: %02x", rows[i].at,
			rows[i].value);
		bytes[rows[i].at] = kept;
	}
}

Test(wire_answer, any_bytes_are_read_within_their_bounds)
{
	struct seeded_random r = seeded_random_new("wire_answer bytes");
	struct answer a;

	for (unsigned i = 0; i < TIMES; i++) {
		size_t len = random_below(&r, ANSWER_MAX + 20);
		uint8_t *exact = malloc(len);

		random_bytes(&r, exact, len);
		if (len > 1) {
			exact[0] = ANSWER_MAGIC;
			exact[1] = (uint8_t)(0x10 | random_below(&r, 16));
		}
		if (len > 17) {
			exact[16] = FRAME_MAGIC;
			exact[17] = 0x10;
		}
		if (answer_decode(exact, len, &a) == 0)
			cr_assert(a.status < ANSWER_STATUSES && a.session != 0);
		free(exact);
	}
}
