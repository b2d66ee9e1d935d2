/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * From the Ethernet frame to the datagram: the fast parser and decoder against plain ones, on
 * millions of frames. Most begin well-formed, of any shape that networks have, and are damaged in
 * one or two places afterwards or only there where a header says something.
 */

#include "dataplane/packet.h"
#include "decoders_agree.h"
#include "frame_builder.h"
#include "plain_packet.h"
#include "random_datagram.h"

#include <criterion/criterion.h>

enum { ROUNDS = 2500000 };

/* The answer of random_below(): how likely, as one in so many. */
static bool one_in(struct seeded_random *r, unsigned n)
{
	return random_below(r, n) == 0;
}

/* Values that decide something in the header of some layer. */
static uint32_t telling(struct seeded_random *r)
{
	static const uint16_t values[] = {0, 1, 4, 5, 7, 8, 17, 20, 40, 43, 44, 45, 59, 60, 0x0800,
		0x2000, 0x4000, 0x8100, 0x86dd, 0x88a8, 0x9100, BUILT_PORT, 0xffff};

	return one_in(r, 2) ? values[random_below(r, sizeof(values) / sizeof(values[0]))]
			    : (uint32_t)random_next(r);
}

/* A field of IP, UDP or the extension headers, with the header's checksum made right again. */
static void set_a_field(struct frame_spec *s, struct seeded_random *r)
{
	s->layer = one_in(r, 4) ? LAYER_ETHER : one_in(r, 2) ? LAYER_IP : LAYER_UDP;
	s->offset = random_below(r, s->layer == LAYER_UDP ? 8 : s->layer == LAYER_IP ? 48 : 22);
	s->width = 1 + random_below(r, 2);
	s->value = telling(r);
}

static void random_spec(
	struct frame_spec *s, struct seeded_random *r, const struct random_datagram *datagram)
{
	static const uint8_t protocols[] = {0, 1, 6, 17, 41, 44, 47, 50, 51, 58, 59, 136};
	static const enum built_checksum checksums[] = {
		CHECKSUM_RIGHT, CHECKSUM_ZERO, CHECKSUM_WRONG, CHECKSUM_PARTIAL};

	*s = (struct frame_spec){
		.tags = one_in(r, 2) ? random_below(r, 4) : 0,
		.outer_tag = one_in(r, 4) ? 0x9100 : 0,
		.v6 = one_in(r, 2),
		.options = one_in(r, 4) ? 4 * random_below(r, 11) : 0,
		.extensions = one_in(r, 3) ? random_below(r, 6) : 0,
		.fragment_header = one_in(r, 16),
		.fragment = one_in(r, 2) ? (uint16_t)telling(r) : 0,
		.protocol = one_in(r, 16) ? protocols[random_below(r, sizeof(protocols))] : 0,
		.port = one_in(r, 32) ? (uint16_t)telling(r) : 0,
		.payload = datagram->bytes,
		.payload_len = datagram->len,
		.behind_udp = one_in(r, 8) ? random_below(r, 12) : 0,
		.padding = one_in(r, 2) ? random_below(r, 24) : 0,
		.checksum = one_in(r, 3) ? checksums[random_below(r, 4)] : CHECKSUM_RIGHT,
	};
	if (one_in(r, 3))
		set_a_field(s, r);
}

/* Any byte, more often one of a header; or the end is missing. */
static void damage_frame(struct built *b, struct seeded_random *r)
{
	for (unsigned n = one_in(r, 3) ? 1 + random_below(r, 2) : 0; n > 0 && b->len > 0; n--) {
		size_t at = random_below(r, one_in(r, 4) ? (unsigned)b->len : 100) % b->len;

		if (one_in(r, 4))
			b->len = at;
		else
			b->bytes[at] ^= (uint8_t)(1 + random_below(r, 255));
	}
}

static void random_surroundings(struct plain_surroundings *around, struct seeded_random *r)
{
	*around = (struct plain_surroundings){
		.port = BUILT_PORT,
		.from_local_kernel = one_in(r, 4),
		.device_says_ip_good = one_in(r, 8),
		.device_says_ip_bad = one_in(r, 32),
		.device_says_udp_good = one_in(r, 8),
		.device_says_udp_bad = one_in(r, 32),
	};
}

/* What both say: of the frame, and of its payload if it has one. */
static enum refusal compare(
	const uint8_t *frame, size_t len, const struct plain_surroundings *around)
{
	const struct packet_rules rules = {
		.port = (uint16_t)around->port, .partial_checksums = around->from_local_kernel};
	const struct packet_verdict verdict = {.ip_good = around->device_says_ip_good,
		.ip_bad = around->device_says_ip_bad,
		.udp_good = around->device_says_udp_good,
		.udp_bad = around->device_says_udp_bad};
	struct plain_payload plain;
	struct packet fast;
	enum refusal expected = plain_packet(frame, len, around, &plain);
	enum refusal got = packet_parse(frame, len, &rules, &verdict, &fast);

	if (got != expected) {
		dump_bytes(frame, len);
		cr_assert_fail("%s, but plainly %s", refusal_name(got), refusal_name(expected));
	}
	if (got != REFUSED_none)
		return got;
	cr_assert_eq(fast.payload, frame + plain.begin);
	cr_assert_eq(fast.payload_len, plain.len);
	return decoders_agree(fast.payload, fast.payload_len);
}

/* Decided by the parser or the decoder: without channels, catalogue or matching of text. */
static bool must_be_reached(enum refusal r)
{
	enum refusal_layer layer = refusal_layer(r);

	return r == REFUSED_none || layer == REFUSAL_LINK ||
	       (layer == REFUSAL_PAYLOAD && r != REFUSED_text_utf8);
}

Test(dataplane_packet_differential, both_agree_on_every_frame)
{
	struct seeded_random r = seeded_random_new("dataplane_packet_differential");
	struct plain_surroundings around;
	struct random_datagram datagram;
	unsigned reached[REFUSALS] = {0};

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct frame_spec spec;
		struct built b;

		random_datagram_make(&datagram, &r);
		random_spec(&spec, &r, &datagram);
		random_surroundings(&around, &r);
		frame_build(&b, &spec);
		damage_frame(&b, &r);
		reached[compare(at_the_edge(b.bytes, b.len), b.len, &around)]++;
	}
	/* Else they would agree on little. */
	for (unsigned i = 0; i < REFUSALS; i++)
		cr_expect(!must_be_reached((enum refusal)i) || reached[i] > ROUNDS / 2000,
			"%s reached %u times", refusal_name((enum refusal)i), reached[i]);
	cr_expect(reached[REFUSED_none] > ROUNDS / 20, "accepted %u", reached[REFUSED_none]);
}

Test(dataplane_packet_differential, both_agree_on_noise)
{
	struct seeded_random r = seeded_random_new("dataplane_packet_noise");
	const struct plain_surroundings around = {.port = BUILT_PORT};
	uint8_t frame[128];

	for (unsigned i = 0; i < ROUNDS / 10; i++) {
		size_t len = random_below(&r, sizeof(frame) + 1);

		random_bytes(&r, frame, len);
		if (len >= 14 && one_in(&r, 2))
			store_be16(frame + 12, (uint16_t)telling(&r));
		compare(at_the_edge(frame, len), len, &around);
	}
}
