/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Checksums that a sender left to its device are made before the kernel gets the frame, and nothing
 * else in it changes.
 */

#include "dataplane/checksum.h"
#include "dataplane/exception_checksum.h"
#include "frame_builder.h"

#include <criterion/criterion.h>
#include <rte_mbuf.h>
#include <string.h>

enum { TCP = 6, UDP = 17, TCP_SUM_AT = 16, UDP_SUM_AT = 6 };

static const uint8_t payload[33] = {1, 2, 3, 4, 5 << 4, 6, 7};
static struct built frame, before;

/* Has the frame gone through, as one of which the device says this? */
static void make(const struct frame_spec *spec, uint64_t flags)
{
	struct rte_mbuf m = {.ol_flags = flags, .nb_segs = 1, .buf_addr = frame.bytes};

	frame_build(&frame, spec);
	before = frame;
	m.pkt_len = m.data_len = (uint16_t)frame.len;
	exception_make_checksum(&m);
}

/* Of addresses, protocol, length, header and what it carries: all ones if the checksum is right. */
static uint16_t sum_of(const struct frame_spec *spec, uint8_t protocol)
{
	size_t len = frame.len - frame.udp, from = spec->v6 ? 8 : 12, n = spec->v6 ? 32 : 8;
	uint8_t rest[] = {0, protocol, (uint8_t)(len >> 8), (uint8_t)len};
	uint64_t sum = checksum_add(0, frame.bytes + frame.ip + from, n);

	sum = checksum_add(sum, rest, sizeof(rest));
	return checksum_fold(checksum_add(sum, frame.bytes + frame.udp, len));
}

static bool only_changed(size_t at)
{
	uint8_t *sum = before.bytes + before.udp + at;

	memcpy(sum, frame.bytes + frame.udp + at, 2);
	return memcmp(before.bytes, frame.bytes, frame.len) == 0;
}

Test(exception_checksum, what_was_left_to_the_device_is_made)
{
	for (unsigned i = 0; i < 8; i++) {
		uint8_t protocol = i & 2 ? TCP : UDP;
		struct frame_spec spec = {.payload = payload,
			.payload_len = sizeof(payload) - i / 4, // odd and even
			.v6 = i & 1,
			.tags = i & 1,
			.protocol = protocol,
			.checksum = CHECKSUM_PARTIAL};

		make(&spec, RTE_MBUF_F_RX_L4_CKSUM_NONE);
		cr_expect_eq(sum_of(&spec, protocol), 0xffff, "kind %u", i);
		cr_expect(only_changed(protocol == TCP ? TCP_SUM_AT : UDP_SUM_AT), "kind %u", i);
	}
}

Test(exception_checksum, what_the_sender_made_stays)
{
	const struct frame_spec wrong = {
		.payload = payload, .payload_len = sizeof(payload), .checksum = CHECKSUM_WRONG};
	const uint64_t said[] = {RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, RTE_MBUF_F_RX_L4_CKSUM_GOOD,
		RTE_MBUF_F_RX_L4_CKSUM_BAD};

	for (unsigned i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		make(&wrong, said[i]);
		cr_expect_eq(memcmp(frame.bytes, before.bytes, frame.len), 0, "kind %u", i);
	}
}

Test(exception_checksum, what_does_not_hold_together_stays)
{
	struct frame_spec specs[] = {
		{.layer = LAYER_IP, .offset = 2, .width = 2, .value = 1400}, // too long
		{.layer = LAYER_IP, .offset = 2, .width = 2, .value = 24},   // too short
		{.v6 = true, .layer = LAYER_IP, .offset = 4, .width = 2, .value = 1400}, // too long
		{.v6 = true, .layer = LAYER_IP, .offset = 4, .width = 2, .value = 7},
		{.layer = LAYER_IP, .offset = 6, .width = 2, .value = 0x2000}, // more fragments
		{.v6 = true, .extensions = 1},
		{.protocol = 1},
	};

	for (unsigned i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		specs[i].payload = payload;
		specs[i].payload_len = sizeof(payload);
		specs[i].checksum = CHECKSUM_PARTIAL;
		make(&specs[i], RTE_MBUF_F_RX_L4_CKSUM_NONE);
		cr_expect_eq(memcmp(frame.bytes, before.bytes, frame.len), 0, "kind %u", i);
	}
}
