/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "cluster_frames.h"

#include <criterion/criterion.h>

uint64_t cluster_frame_ends(unsigned window)
{
	return UINT64_C(1700000000000) + window * UINT64_C(2000);
}

void cluster_frame_make(struct cluster_frame *out, uint16_t channel, bool open, unsigned window)
{
	static const char *const labels[WIRE_REACTIONS_MAX];
	const struct frame frame = {
		.flags = open ? 0 : FRAME_CLOSED,
		.channel = channel,
		.window = (uint32_t)(cluster_frame_ends(window) / 1000),
		.ends = cluster_frame_ends(window),
		.length = 2000,
		.taps = window,
		.total = window,
	};
	uint8_t binary[WIRE_FRAME_MAX];
	char json[2048];
	const struct record_frame record = {
		.channel = channel,
		.open = open,
		.binary = binary,
		.binary_len = frame_encode(&frame, binary),
		.json = json,
		.json_len = frame_encode_json(&frame, labels, json, sizeof(json)),
		.merger = "merger-1",
	};

	cr_assert_leq(record_frame_size(&record), sizeof(out->value));
	out->len = record_frame_encode(&record, out->value);
	record_frame_key(channel, out->key);
}
