/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The binary sentiment frame: docs/protocol.md, section 2.
 */

#include "seeded_random.h"
#include "wire/frame.h"
#include "wire_random_frame.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void expect_same(const struct frame *a, const struct frame *b)
{
	cr_expect_eq(a->flags, b->flags);
	cr_expect_eq(a->channel, b->channel);
	cr_expect_eq(a->window, b->window);
	cr_expect_eq(a->ends, b->ends);
	cr_expect_eq(a->length, b->length);
	cr_expect_eq(a->taps, b->taps);
	cr_expect_eq(a->total, b->total);
	cr_expect_eq(a->reactors, b->reactors);
	cr_expect_eq(a->score, b->score);
	cr_expect_eq(a->intensity, b->intensity);
	cr_assert_eq(a->n, b->n);
	for (unsigned i = 0; i < a->n; i++) {
		cr_expect_eq(a->entries[i].reaction, b->entries[i].reaction);
		cr_expect_eq(a->entries[i].share, b->entries[i].share);
		cr_expect_eq(a->entries[i].count, b->entries[i].count);
	}
}

Test(wire_frame, each_field_stands_at_its_offset)
{
	static const uint8_t expected[] = {0xfc, 0x13, 0xab, 0xcd, 0, 0, 1, 0x9c, 1, 2, 3, 4, 5, 6,
		7, 8, 0, 0, 7, 0xd0, 0xff, 0xff, 0xff, 0xff, 9, 8, 7, 6, 5, 4, 3, 2, 0, 0, 0, 2,
		0xd8, 0xf0, 0xff, 0xff, 2, 7, 0x1a, 0x0b, 0, 0, 0, 2, 255, 0x0d, 0x05, 0, 0, 0, 1};
	const struct frame f = {.flags = FRAME_SURGE | FRAME_CLOSED,
		.channel = 0xabcd,
		.window = 412,
		.ends = 0x0102030405060708,
		.length = 2000,
		.taps = UINT32_MAX,
		.total = 0x0908070605040302,
		.reactors = 2,
		.score = -10000,
		.intensity = 65535,
		.n = 2,
		.entries = {{7, 6667, 2}, {255, 3333, 1}}};
	uint8_t out[WIRE_FRAME_MAX];

	cr_assert_eq(frame_encode(&f, out), sizeof(expected));
	cr_assert_eq(memcmp(out, expected, sizeof(expected)), 0);
}

Test(wire_frame, what_was_encoded_is_decoded_to_the_same)
{
	struct seeded_random r = seeded_random_new("wire_frame");

	for (unsigned i = 0; i < 20000; i++) {
		struct frame in = random_frame(&r), out;
		uint8_t bytes[WIRE_FRAME_MAX];
		size_t len = frame_encode(&in, bytes);

		cr_assert_eq(len, WIRE_FRAME_HEAD_LEN + 7u * in.n);
		cr_assert_eq(frame_decode(bytes, len, &out), 0);
		expect_same(&in, &out);
	}
}

/* In memory of exactly its length, so that a sanitizer sees one byte read too many. */
static int decode_exact(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct frame f;

	memcpy(exact, bytes, len);
	int ret = frame_decode(exact, len, &f);
	free(exact);
	return ret;
}

Test(wire_frame, another_length_than_its_own_is_refused)
{
	struct seeded_random r = seeded_random_new("wire_frame");
	uint8_t bytes[WIRE_FRAME_MAX + 8] = {0};

	for (unsigned n = 0; n <= WIRE_FRAME_ENTRIES_MAX; n++) {
		struct frame f = random_frame(&r);

		f.n = (uint8_t)n;
		size_t right = frame_encode(&f, bytes);
		for (size_t len = 0; len < sizeof(bytes); len++)
			cr_expect_eq(decode_exact(bytes, len), len == right ? 0 : -EINVAL,
				"%zu bytes, not %zu", len, right);
	}
}

Test(wire_frame, a_malformed_frame_is_refused)
{
	static const struct {
		const char *what;
		unsigned at;
		uint8_t byte;
	} rows[] = {
		{"magic", 0, 0xfb},
		{"version 0", 1, 0x00},
		{"version 2", 1, 0x20},
		{"flag bit 2", 1, 0x14},
		{"flag bit 3", 1, 0x18},
		{"score 10001", 37, 0x11}, // 0x2711
		{"33 entries", 40, 33},
		{"255 entries", 40, 255},
	};
	struct frame f = {.channel = 1, .score = 10000};
	uint8_t good[WIRE_FRAME_MAX], bad[WIRE_FRAME_MAX];
	size_t len = frame_encode(&f, good);

	cr_assert_eq(decode_exact(good, len), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(bad, good, len);
		bad[rows[i].at] = rows[i].byte;
		cr_expect_eq(decode_exact(bad, len), -EINVAL, "%s", rows[i].what);
	}
	f.score = -10001;
	cr_expect_eq(decode_exact(bad, frame_encode(&f, bad)), -EINVAL, "score -10001");
	f = (struct frame){.channel = WIRE_CHANNEL_NONE};
	cr_expect_eq(decode_exact(bad, frame_encode(&f, bad)), -EINVAL, "no channel");
}

Test(wire_frame, more_than_32_entries_are_never_written)
{
	struct frame f = {.channel = 1, .n = 200};
	uint8_t bytes[WIRE_FRAME_MAX];

	cr_assert_eq(frame_encode(&f, bytes), WIRE_FRAME_MAX);
	cr_assert_eq(bytes[40], WIRE_FRAME_ENTRIES_MAX);
}
