/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a WebSocket client sends behind its handshake. The same stream is decoded whole and byte by
 * byte: both must come to the same messages, control frames and end.
 */

#include "fanout/websocket_frame.h"
#include "fuzz_check.h"

#include <string.h>

enum { INPUT_MAX = 1 << 16 };

struct told {
	uint64_t sum; // of payloads, control frames, ends of messages
	uint16_t status;
	bool ended;
};

static void add(struct told *told, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		told->sum = (told->sum ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void take(struct told *told, const struct websocket_event *event)
{
	uint8_t type = (uint8_t)event->type;

	add(told, event->payload, event->len);
	switch (event->type) {
	case WEBSOCKET_DATA:
		if (event->last)
			add(told, &type, 1);
		break;
	case WEBSOCKET_PINGED:
	case WEBSOCKET_PONGED:
		CHECK(event->len <= WEBSOCKET_CONTROL_MAX);
		add(told, &type, 1);
		break;
	case WEBSOCKET_CLOSED:
	case WEBSOCKET_FAILED:
		CHECK(event->status >= 1000 && event->status < 5000);
		CHECK(event->type == WEBSOCKET_CLOSED || event->status != WEBSOCKET_NO_STATUS);
		add(told, &type, 1);
		told->status = event->status;
		told->ended = true;
		break;
	default:
		break;
	}
}

static struct told decode(const uint8_t *data, size_t len, size_t piece)
{
	static uint8_t copy[INPUT_MAX];
	struct websocket_decoder d = {0};
	struct websocket_event event;
	struct told told = {0};

	memcpy(copy, data, len); // it is unmasked in place
	for (size_t at = 0; at < len && !told.ended; at += piece) {
		size_t end = len - at < piece ? len : at + piece, from = at;

		do {
			size_t used = websocket_decode(&d, copy + from, end - from, &event);

			CHECK(used <= end - from);
			from += used;
			take(&told, &event);
		} while (event.type != WEBSOCKET_NOTHING && !told.ended);
		CHECK(told.ended || from == end);
	}
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > INPUT_MAX)
		return 0;
	struct told whole = decode(data, len, len > 0 ? len : 1);
	struct told bytewise = decode(data, len, 1);

	CHECK(whole.ended == bytewise.ended && whole.status == bytewise.status);
	CHECK(whole.sum == bytewise.sum || whole.status == WEBSOCKET_INVALID_TEXT);
	return 0;
}
