/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Frames that ask for an answer are the same frames, with right checksums. */

#include "client/gen/receipt_ask.h"
#include "client/relay/frame_read.h"
#include "client/traffic/traffic.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <string.h>

static struct traffic traffic;

static void ask_frames(bool v6, uint16_t text)
{
	struct traffic_spec spec;
	char error[256];

	traffic_spec_default(&spec);
	traffic_spec_use_family(&spec, v6);
	spec.text = text;
	cr_assert_eq(traffic_init(&traffic, &spec, error, sizeof(error)), 0, "%s", error);
	for (uint64_t i = 0; i < 3000; i++) {
		uint8_t frame[TRAFFIC_FRAME_MAX];
		struct frame_payload payload;
		struct reaction_datagram said;
		struct traffic_kind kind;
		struct flow flow;
		uint32_t len = traffic_frame(&traffic, i, frame, &kind);

		cr_assert(receipt_ask(frame + traffic.udp_at, len - traffic.udp_at));
		cr_assert(receipt_ask(frame + traffic.udp_at, len - traffic.udp_at));
		cr_assert_eq(frame_read(frame, len, &flow, &payload), 0, "frame %lu", i);
		cr_assert_eq(reaction_decode(payload.bytes, payload.len, &said), REFUSED_none);
		cr_assert(said.flags & REACTION_RECEIPT);
	}
	traffic_free(&traffic);
}

Test(gen_receipt_ask, checksums_stay_right)
{
	ask_frames(false, 0);
	ask_frames(true, 0);
	ask_frames(false, TRAFFIC_WHOLE / 2);
}

Test(gen_receipt_ask, what_has_no_header_is_left_alone)
{
	uint8_t udp[40] = {[8] = 'g', 'o', 'a', 'l'}, before[40];

	memcpy(before, udp, sizeof(udp));
	cr_expect_not(receipt_ask(udp, sizeof(udp)));
	udp[8] = before[8] = REACTION_MAGIC;
	cr_expect_not(receipt_ask(udp, 23));
	cr_expect_arr_eq(udp, before, sizeof(udp));
}
