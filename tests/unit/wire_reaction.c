/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * reaction_decode(): each limit of docs/protocol.md, section 1, on both sides of it.
 */

#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* A header with session 1; then whatever follows. */
#define HEADER(flags, batches, sequence) \
	0xfa, 0x10 | (flags), 0, 1, (batches), 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, (sequence)
#define TICKET 9, 9, 9, 9, 1, 0, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8
#define BYTES(...) .bytes = (const uint8_t[]){__VA_ARGS__}, .len = sizeof((uint8_t[]){__VA_ARGS__})

struct row {
	const char *what;
	const uint8_t *bytes;
	size_t len;
	enum refusal expected;
};

/* In memory of exactly its length, so that a sanitizer sees one byte read too many. */
static enum refusal decode(const uint8_t *bytes, size_t len, struct reaction_datagram *d)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);

	memcpy(exact, bytes, len);
	enum refusal r = reaction_decode(exact, len, d);
	if (r == REFUSED_none)
		d->body = bytes + (d->body - exact);
	free(exact);
	return r;
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct reaction_datagram d;
		enum refusal r = decode(rows[i].bytes, rows[i].len, &d);

		cr_expect_eq(r, rows[i].expected, "%s: %s, expected %s", rows[i].what,
			refusal_name(r), refusal_name(rows[i].expected));
	}
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/*
 * Each row breaks one check and all that come behind it: the first is named. The last bytes of the
 * worst one: version 2, session 0, 9 batches over sequence 1, TEXT with many batches, no body.
 */
Test(wire_reaction, the_first_check_that_fails_names_the_refusal)
{
	const struct row rows[] = {
		{"nothing", .bytes = (const uint8_t *)"", .len = 0, REFUSED_payload_length},
		{"magic", BYTES(0xfb, 0x2f, 0, 1, 9), REFUSED_magic},
		{"short header", BYTES(0xfa, 0x2f, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
			REFUSED_payload_length},
		{"version", BYTES(0xfa, 0x25, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
			REFUSED_version},
		{"session", BYTES(0xfa, 0x15, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
			REFUSED_session},
		{"batches", BYTES(HEADER(REACTION_TICKET | REACTION_TEXT, 9, 1)), REFUSED_batches},
		{"flags", BYTES(HEADER(REACTION_TICKET | REACTION_TEXT, 2, 2)), REFUSED_flags},
		{"ticket cut short",
			BYTES(HEADER(REACTION_TICKET, 1, 1), 9, 9, 9, 9, 1, 7, 0, 0, 1, 2, 3, 4, 5,
				6, 7),
			REFUSED_body},
		{"reserved byte of the ticket",
			BYTES(HEADER(REACTION_TICKET, 1, 1), 9, 9, 9, 9, 1, 7, 0, 0, 1, 2, 3, 4, 5,
				6, 7, 8, 0),
			REFUSED_flags},
		{"body", BYTES(HEADER(REACTION_TICKET, 1, 1), TICKET, 0), REFUSED_body},
	};

	CHECK(rows);
}

Test(wire_reaction, the_first_byte_decides)
{
	for (unsigned first = 0; first < 256; first++) {
		uint8_t payload[] = {(uint8_t)first, 'x'};
		struct reaction_datagram d;
		enum refusal expected = REFUSED_none;

		if ((first >= 0x80 && first < 0xc2) || first > 0xf4)
			expected = REFUSED_magic;
		if (first == 0xfa)
			expected = REFUSED_payload_length;
		cr_expect_eq(decode(payload, 2, &d), expected, "first byte %02x", first);
	}
}

Test(wire_reaction, versions_other_than_1_are_refused)
{
	uint8_t payload[] = {HEADER(0, 1, 1), 1, 7, 1};
	struct reaction_datagram d;

	for (unsigned version = 0; version < 16; version++) {
		payload[1] = (uint8_t)(version << 4);
		cr_expect_eq(decode(payload, sizeof(payload), &d),
			version == 1 ? REFUSED_none : REFUSED_version, "version %u", version);
	}
}

Test(wire_reaction, batches_are_1_to_8_and_no_more_than_the_sequence)
{
	for (unsigned sequence = 0; sequence <= 10; sequence++) {
		for (unsigned batches = 0; batches < 256; batches++) {
			for (unsigned frame = 0; frame <= 1; frame++) {
				uint8_t payload[16 + 3 * 8] = {
					HEADER(frame ? REACTION_FRAME : 0, batches, sequence)};
				struct reaction_datagram d;
				bool good = batches >= 1 && batches <= 8 &&
					    batches <= (sequence == 0 ? 1 : sequence);
				size_t len = 16;

				for (unsigned i = 0; good && i < batches; i++, len += 3)
					memcpy(payload + len, "\x01\x07\x02", 3);
				good = good || (batches == 0 && frame);
				cr_expect_eq(decode(payload, len, &d),
					good ? REFUSED_none : REFUSED_batches,
					"%u batches, sequence %u, frame %u", batches, sequence,
					frame);
			}
		}
	}
}

Test(wire_reaction, a_batch_has_1_to_32_pairs)
{
	for (unsigned n = 0; n < 256; n++) {
		uint8_t payload[16 + 1 + 2 * 255] = {HEADER(0, 1, 1)};
		struct reaction_datagram d;

		payload[16] = (uint8_t)n;
		for (unsigned i = 0; i < n; i++) {
			payload[17 + 2 * i] = (uint8_t)i;
			payload[18 + 2 * i] = 1;
		}
		cr_expect_eq(decode(payload, 17 + 2 * n, &d),
			n >= 1 && n <= 32 ? REFUSED_none : REFUSED_body, "%u pairs", n);
	}
}

Test(wire_reaction, a_malformed_body_is_refused)
{
	const struct row rows[] = {
		{"good", BYTES(HEADER(0, 1, 1), 2, 7, 1, 8, 255), REFUSED_none},
		{"no body", BYTES(HEADER(0, 1, 1)), REFUSED_body},
		{"count 0", BYTES(HEADER(0, 1, 1), 1, 7, 0), REFUSED_body},
		{"count 0 behind another", BYTES(HEADER(0, 1, 1), 2, 7, 1, 8, 0), REFUSED_body},
		{"id twice", BYTES(HEADER(0, 1, 1), 2, 7, 1, 7, 1), REFUSED_body},
		{"id 255 twice", BYTES(HEADER(0, 1, 1), 3, 255, 1, 0, 1, 255, 9), REFUSED_body},
		{"the same id in two batches", BYTES(HEADER(0, 2, 2), 1, 7, 1, 1, 7, 1),
			REFUSED_none},
		{"ids a multiple of 64 apart",
			BYTES(HEADER(0, 1, 1), 4, 0, 1, 64, 1, 128, 1, 192, 1), REFUSED_none},
		{"one byte short", BYTES(HEADER(0, 1, 1), 1, 7), REFUSED_body},
		{"one byte more", BYTES(HEADER(0, 1, 1), 1, 7, 1, 0), REFUSED_body},
		{"second batch missing", BYTES(HEADER(0, 2, 2), 1, 7, 1), REFUSED_body},
		{"second batch short", BYTES(HEADER(0, 2, 2), 1, 7, 1, 2, 7, 1, 8), REFUSED_body},
		{"second batch malformed", BYTES(HEADER(0, 2, 2), 1, 7, 1, 1, 7, 0), REFUSED_body},
		{"third batch not announced", BYTES(HEADER(0, 1, 1), 1, 7, 1, 1, 7, 1),
			REFUSED_body},
		{"ticket, good", BYTES(HEADER(REACTION_TICKET, 1, 1), TICKET, 1, 7, 1),
			REFUSED_none},
		{"ticket in place of the body", BYTES(HEADER(REACTION_TICKET, 1, 1), TICKET),
			REFUSED_body},
	};

	CHECK(rows);
}

Test(wire_reaction, zeros_may_follow_with_FRAME_and_nothing_else)
{
	const struct row rows[] = {
		{"no padding", BYTES(HEADER(REACTION_FRAME, 1, 1), 1, 7, 1), REFUSED_none},
		{"padding", BYTES(HEADER(REACTION_FRAME, 1, 1), 1, 7, 1, 0, 0, 0), REFUSED_none},
		{"no zero behind", BYTES(HEADER(REACTION_FRAME, 1, 1), 1, 7, 1, 0, 0, 1),
			REFUSED_body},
		{"no zero within", BYTES(HEADER(REACTION_FRAME, 1, 1), 1, 7, 1, 1, 0, 0),
			REFUSED_body},
		{"padding for a batch", BYTES(HEADER(REACTION_FRAME, 2, 2), 1, 7, 1, 0, 0, 0),
			REFUSED_body},
		{"nothing reported", BYTES(HEADER(REACTION_FRAME, 0, 0)), REFUSED_none},
		{"nothing reported, sequence 5", BYTES(HEADER(REACTION_FRAME, 0, 5), 0, 0),
			REFUSED_none},
		{"nothing reported, but a batch", BYTES(HEADER(REACTION_FRAME, 0, 5), 1, 7, 1),
			REFUSED_body},
		{"padding without FRAME", BYTES(HEADER(REACTION_RECEIPT, 1, 1), 1, 7, 1, 0),
			REFUSED_body},
	};

	CHECK(rows);
}

Test(wire_reaction, text_ends_at_the_first_zero_with_FRAME)
{
	const struct row rows[] = {
		{"text", BYTES(HEADER(REACTION_TEXT, 1, 1), 'h', 'i'), REFUSED_none},
		{"no text", BYTES(HEADER(REACTION_TEXT, 1, 1)), REFUSED_text_length},
		{"a zero is text without FRAME", BYTES(HEADER(REACTION_TEXT, 1, 1), 'h', 0, 'i'),
			REFUSED_none},
		{"padding", BYTES(HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1), 'h', 'i', 0, 0),
			REFUSED_none},
		{"text behind padding",
			BYTES(HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1), 'h', 0, 'i', 0),
			REFUSED_body},
		{"padding alone", BYTES(HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1), 0, 0),
			REFUSED_text_length},
		{"text in two batches", BYTES(HEADER(REACTION_TEXT, 2, 2), 'h', 'i'),
			REFUSED_flags},
		{"text in no batch", BYTES(HEADER(REACTION_TEXT | REACTION_FRAME, 0, 2), 'h', 'i'),
			REFUSED_flags},
	};
	static const uint8_t padded[] = {
		HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1), 'h', 'i', 0, 0};
	struct reaction_datagram d;

	CHECK(rows);
	cr_assert_eq(decode(padded, sizeof(padded), &d), REFUSED_none);
	cr_assert_eq(d.body_len, 2);
	cr_assert_eq(memcmp(d.body, "hi", 2), 0);
}

static enum refusal decode_filled(size_t head_len, const uint8_t *head, uint8_t fill, size_t len)
{
	uint8_t payload[1300];
	struct reaction_datagram d;

	memset(payload, fill, sizeof(payload));
	memcpy(payload, head, head_len);
	return decode(payload, len, &d);
}

Test(wire_reaction, a_payload_has_at_most_1200_bytes_and_a_text_512)
{
	static const uint8_t frame[] = {HEADER(REACTION_FRAME, 1, 1), 1, 7, 1};
	static const uint8_t text[] = {HEADER(REACTION_TEXT, 1, 1)};
	static const uint8_t text_frame[] = {HEADER(REACTION_TEXT | REACTION_FRAME, 1, 1)};

	cr_expect_eq(decode_filled(sizeof(frame), frame, 0, 1200), REFUSED_none);
	cr_expect_eq(decode_filled(sizeof(frame), frame, 0, 1201), REFUSED_payload_length);
	cr_expect_eq(decode_filled(16, text, 'x', 16 + 512), REFUSED_none);
	cr_expect_eq(decode_filled(16, text, 'x', 16 + 513), REFUSED_text_length);
	cr_expect_eq(decode_filled(16, text_frame, 'x', 16 + 513), REFUSED_text_length);
	cr_expect_eq(decode_filled(0, text, 'x', 512), REFUSED_none);
	cr_expect_eq(decode_filled(0, text, 'x', 513), REFUSED_text_length);
	cr_expect_eq(decode_filled(0, text, 'x', 1200), REFUSED_text_length);
	cr_expect_eq(decode_filled(0, text, 'x', 1201), REFUSED_payload_length);
	cr_expect_eq(decode_filled(0, text, 0xff, 1201), REFUSED_payload_length);
}

Test(wire_reaction, fields_are_read_from_their_offsets)
{
	static const uint8_t payload[] = {0xfa, 0x13, 0xab, 0xcd, 2, 1, 2, 3, 4, 5, 6, 7, 0x80, 0,
		0, 9, TICKET, 1, 3, 4, 2, 5, 6, 7, 8};
	struct reaction_datagram d;

	cr_assert_eq(reaction_decode(payload, sizeof(payload), &d), REFUSED_none);
	cr_expect_eq(d.flags, REACTION_TICKET | REACTION_RECEIPT);
	cr_expect_eq(d.channel, 0xabcd);
	cr_expect_eq(d.batches, 2);
	cr_expect_eq(d.session, 0x01020304050607);
	cr_expect_eq(d.sequence, 0x80000009);
	cr_expect_eq(d.ticket, payload + 16);
	cr_expect_eq(d.body, payload + 32);
	cr_expect_eq(d.body_len, 8);
}

Test(wire_reaction, every_truncation_of_a_datagram_without_padding_is_refused)
{
	static const uint8_t payload[] = {
		HEADER(REACTION_TICKET, 3, 3), TICKET, 1, 3, 4, 2, 5, 6, 7, 8, 1, 9, 9};
	struct reaction_datagram d;

	cr_assert_eq(decode(payload, sizeof(payload), &d), REFUSED_none);
	for (size_t len = 0; len < sizeof(payload); len++)
		cr_expect_neq(decode(payload, len, &d), REFUSED_none, "%zu bytes", len);
}
