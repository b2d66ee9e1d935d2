/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A frame becomes its answer: on random frames of any shape, and address by address.
 */

#include "answer_promises.h"
#include "dataplane/packet.h"
#include "frame_builder.h"
#include "wire/answer.h"
#include "wire/reaction.h"
#include "wire_random_frame.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

enum { ROUNDS = 400000, CHANNEL = 1 };

static struct board_slot slot;
static struct newest_frame newest;

static void put_newest(struct seeded_random *r)
{
	struct frame f = random_frame(r);

	f.channel = CHANNEL;
	board_clear(&slot, 1);
	newest.len = random_below(r, 8) == 0 ? 0 : frame_encode(&f, newest.bytes);
	if (newest.len != 0)
		board_put(&slot, newest.bytes, newest.len);
}

/* A header that asks, and whatever: answers leave nothing of it. */
static size_t random_request(struct seeded_random *r, uint8_t *out)
{
	static const uint8_t flags[] = {REACTION_RECEIPT, REACTION_FRAME, REACTION_ASKS};
	const struct reaction_datagram d = {
		.session = 1 + random_next(r) % ((1ull << 56) - 1),
		.sequence = (uint32_t)random_or_limit(r, UINT32_MAX - 1) + 1,
		.channel = CHANNEL,
		.flags = flags[random_below(r, 3)],
		.batches = 1,
	};
	size_t more = random_below(r, 4) == 0 ? newest.len : random_below(r, 300);

	reaction_put_header(out, WIRE_PAYLOAD_MAX, &d);
	random_bytes(r, out + WIRE_HEADER_LEN, more);
	return WIRE_HEADER_LEN + more;
}

/* Bytes of the addresses, so that they are anything but mostly what hosts have. */
static void change_addresses(struct built *b, bool v6, struct seeded_random *r)
{
	static const uint8_t telling[] = {0, 1, 10, 127, 223, 224, 239, 240, 254, 255};
	size_t at = b->ip + (v6 ? 8 : 12), len = v6 ? 16 : 4;

	for (unsigned side = 0; side < 2; side++, at += len) {
		if (random_below(r, 3) != 0)
			continue;
		if (random_below(r, 4) == 0)
			memset(b->bytes + at, 0, len);
		b->bytes[at] = telling[random_below(r, sizeof(telling))];
		b->bytes[at + len - 1] = (uint8_t)random_below(r, 3);
	}
	if (random_below(r, 8) == 0)
		b->bytes[random_below(r, 2) * 6] |= 1;
	if (random_below(r, 8) == 0)
		store_be16(b->bytes + b->udp, random_below(r, 2) == 0 ? 0 : BUILT_PORT);
}

Test(dataplane_answer_frame, on_random_frames_every_promise_is_kept)
{
	struct seeded_random r = seeded_random_new("dataplane_answer_frame");
	const struct packet_rules rules = {.port = BUILT_PORT};
	const struct packet_verdict vouched = {.ip_good = true, .udp_good = true};
	unsigned answered = 0, with_frame = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t payload[WIRE_PAYLOAD_MAX];
		struct answer_made made;
		struct packet p;
		struct built b;

		if (i % 64 == 0)
			put_newest(&r);
		const struct frame_spec spec = {
			.tags = random_below(&r, 3),
			.v6 = random_below(&r, 2) != 0,
			.options = random_below(&r, 8) == 0 ? 4 * random_below(&r, 11) : 0,
			.extensions = random_below(&r, 8) == 0 ? random_below(&r, 5) : 0,
			.payload = payload,
			.payload_len = random_request(&r, payload),
			.behind_udp = random_below(&r, 8) == 0 ? random_below(&r, 9) : 0,
			.padding = random_below(&r, 4) == 0 ? random_below(&r, 40) : 0,
			.checksum = CHECKSUM_ZERO,
		};
		const struct answer_facts facts = {
			.slot = random_below(&r, 8) == 0 ? NULL : &slot,
			.sequence = (uint32_t)random_next(&r),
			.status = (uint8_t)random_below(&r, ANSWER_STATUSES),
			.pace = (uint8_t)random_next(&r),
		};
		frame_build(&b, &spec);
		if (spec.v6)
			store_be16(b.bytes + b.udp + 6, 1);
		change_addresses(&b, spec.v6, &r);
		cr_assert_eq(packet_parse(b.bytes, b.len, &rules, &vouched, &p), REFUSED_none);
		cr_assert_eq(p.payload, b.bytes + b.payload);
		const char *broken = broken_answer_promise(
			b.bytes, b.len, b.payload, BUILT_PORT, &facts, &newest, &made);
		cr_assert_null(broken, "round %u: %s", i, broken);
		answered += made.len != 0;
		with_frame += made.has_frame;
	}
	cr_expect(answered > ROUNDS / 8 && answered < ROUNDS, "%u answered", answered);
	cr_expect(with_frame > ROUNDS / 64 && with_frame < answered, "%u with a frame", with_frame);
}

static bool answered(bool v6, const char *source, const char *destination)
{
	static const uint8_t asks[] = {
		0xfa, 0x12, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 7, 3};
	const struct frame_spec spec = {.v6 = v6, .payload = asks, .payload_len = sizeof(asks)};
	const struct answer_facts facts = {.pace = 10};
	struct answer_made made;
	struct built b;

	frame_build(&b, &spec);
	uint8_t *at = b.bytes + b.ip + (v6 ? 8 : 12);
	inet_pton(v6 ? AF_INET6 : AF_INET, source, at);
	inet_pton(v6 ? AF_INET6 : AF_INET, destination, at + (v6 ? 16 : 4));
	const char *broken = broken_answer_promise(
		b.bytes, b.len, b.payload, BUILT_PORT, &facts, &newest, &made);
	cr_expect_null(broken, "%s to %s: %s", source, destination, broken);
	return made.len != 0;
}

Test(dataplane_answer_frame, hosts_are_answered_and_nobody_else)
{
	static const struct {
		bool v6, expected;
		const char *source, *destination;
	} rows[] = {
		{false, true, "10.0.0.1", "10.0.0.2"},
		{false, true, "223.255.255.255", "1.0.0.0"},
		{false, true, "127.0.0.1", "127.0.0.1"},
		{false, true, "10.0.0.1", "127.0.0.1"}, // the relay's crowd
		{false, false, "127.0.0.1", "10.0.0.2"},
		{false, false, "0.0.0.0", "10.0.0.2"},
		{false, false, "0.1.2.3", "10.0.0.2"},
		{false, false, "224.0.0.1", "10.0.0.2"},
		{false, false, "239.255.255.250", "10.0.0.2"},
		{false, false, "240.0.0.1", "10.0.0.2"},
		{false, false, "255.255.255.255", "10.0.0.2"},
		{false, false, "10.0.0.1", "224.0.0.1"},
		{false, false, "10.0.0.1", "255.255.255.255"},
		{false, false, "10.0.0.1", "0.0.0.0"},
		{true, true, "2001:db8::1", "2001:db8::2"},
		{true, true, "fe80::1", "fe80::2"},
		{true, true, "::1", "::1"},
		{true, true, "2001:db8::1", "::1"},
		{true, false, "::1", "2001:db8::2"},
		{true, false, "::", "2001:db8::2"},
		{true, false, "::", "::1"},
		{true, false, "ff02::1", "2001:db8::2"},
		{true, false, "::ffff:10.0.0.1", "2001:db8::2"},
		{true, false, "::10.0.0.1", "2001:db8::2"},
		{true, false, "2001:db8::1", "ff02::1"},
		{true, false, "2001:db8::1", "::"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(answered(rows[i].v6, rows[i].source, rows[i].destination),
			rows[i].expected, "%s to %s", rows[i].source, rows[i].destination);
}

/* 60 bytes, where Ethernet had padded to them, and no more than there was where it had not. */
Test(dataplane_answer_frame, padding_is_zero_and_no_more_than_ethernet_needs)
{
	static const uint8_t asks[64] = {
		0xfa, 0x12, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 7, 3};
	const struct answer_facts facts = {.pace = 10};

	for (size_t payload = 19; payload <= sizeof(asks); payload++) {
		const struct frame_spec spec = {.payload = asks, .payload_len = payload};
		struct answer_made made;
		struct built b;

		frame_build(&b, &spec);
		const char *broken = broken_answer_promise(
			b.bytes, b.len, b.payload, BUILT_PORT, &facts, &newest, &made);
		cr_assert_null(broken, "%zu: %s", payload, broken);
		cr_expect_eq(made.len, b.len < 60 ? b.len : 60);
	}
}
