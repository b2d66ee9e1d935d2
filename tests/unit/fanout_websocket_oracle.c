/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Our decoder beside libwslay: random streams of frames, most of them sound, some of them damaged,
 * must come to the same messages, the same control frames and the same close code. Ours gets them
 * in random pieces.
 *
 * Where libwslay differs from RFC 6455, or from us by right, is in agree().
 */

#include "fanout/websocket_frame.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

/* libwslay reads 4096 bytes at a time, and finds a close frame that lies across two reads wrong. */
enum { STREAM_MAX = 4096, STREAMS = 20000, BREAK = 16 };

/* What was heard: a sum over messages and control frames in order, and how it ended. */
struct heard {
	uint64_t sum;
	unsigned messages, controls;
	unsigned status; // of the close that is sent; 0: none
	bool broken;     // the client broke the rules
};

static void add(struct heard *h, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h->sum = (h->sum ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void add_end(struct heard *h, uint8_t opcode)
{
	add(h, &opcode, 1);
	if ((opcode & 8) != 0)
		h->controls++;
	else
		h->messages++;
}

/* Messages only count when they are whole: the sum of what has come of one is kept apart. */
static struct heard hear_ours(const uint8_t *bytes, size_t len)
{
	static uint8_t copy[STREAM_MAX], message[WEBSOCKET_MESSAGE_MAX];
	struct websocket_decoder d = {0};
	struct websocket_event e;
	struct heard h = {0};
	size_t have = 0;

	memcpy(copy, bytes, len);
	for (size_t at = 0; at < len && h.status == 0;) {
		size_t end = at + 1 + (size_t)random() % 700;

		end = end < len ? end : len;
		do {
			at += websocket_decode(&d, copy + at, end - at, &e);
			if (e.type == WEBSOCKET_DATA) {
				memcpy(message + have, e.payload, e.len);
				have += e.len;
				if (e.last) {
					add(&h, message, have);
					add_end(&h, d.text ? 1 : 2);
					have = 0;
				}
			} else if (e.type == WEBSOCKET_PINGED || e.type == WEBSOCKET_PONGED) {
				add(&h, e.payload, e.len);
				add_end(&h, e.type == WEBSOCKET_PINGED ? 9 : 10);
			} else if (e.type != WEBSOCKET_NOTHING) {
				h.status = e.status;
				h.broken = e.type == WEBSOCKET_FAILED;
			}
		} while (e.type != WEBSOCKET_NOTHING && h.status == 0);
	}
	return h;
}

struct wslay_world {
	const uint8_t *in;
	size_t len, at;
	struct heard heard;
	bool closed; // the client has closed in order
};

static ssize_t on_recv(
	wslay_event_context_ptr ctx, uint8_t *out, size_t len, int flags, void *user_data)
{
	struct wslay_world *w = user_data;
	size_t n = len < w->len - w->at ? len : w->len - w->at;

	if (n == 0) {
		wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(out, w->in + w->at, n);
	w->at += n;
	return (ssize_t)n;
}

static ssize_t on_send(
	wslay_event_context_ptr ctx, const uint8_t *bytes, size_t len, int flags, void *user_data)
{
	return (ssize_t)len;
}

static void on_message(
	wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg, void *user_data)
{
	struct wslay_world *w = user_data;

	if (arg->opcode == WSLAY_CONNECTION_CLOSE) {
		w->closed = true;
		return;
	}
	add(&w->heard, arg->msg, arg->msg_length);
	add_end(&w->heard, arg->opcode);
}

static struct heard hear_wslay(const uint8_t *bytes, size_t len)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.on_msg_recv_callback = on_message,
	};
	struct wslay_world w = {.in = bytes, .len = len};
	wslay_event_context_ptr ctx;

	cr_assert_eq(wslay_event_context_server_init(&ctx, &callbacks, &w), 0);
	wslay_event_config_set_max_recv_msg_length(ctx, WEBSOCKET_MESSAGE_MAX);
	wslay_event_recv(ctx);
	while (wslay_event_want_write(ctx) && wslay_event_send(ctx) == 0)
		;
	if (wslay_event_get_close_sent(ctx)) {
		w.heard.status = wslay_event_get_status_code_sent(ctx);
		w.heard.broken = !w.closed;
	}
	wslay_event_context_free(ctx);
	return w.heard;
}

/* --- streams ---------------------------------------------------------------------------------- */

static size_t put_payload(uint8_t *out, size_t len, bool text)
{
	static const char *const pieces[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\xa5"};
	size_t n = 0;

	while (n < len) {
		const char *piece = pieces[random() % 4];

		size_t piece_len = strlen(piece);

		if (!text || n + piece_len > len) {
			out[n++] = text ? 'x' : (uint8_t)random();
		} else {
			memcpy(out + n, piece, piece_len);
			n += piece_len;
		}
	}
	return n;
}

static size_t put_frame(uint8_t *out, uint8_t opcode, bool fin, const uint8_t *payload, size_t len)
{
	uint8_t mask[4] = {(uint8_t)random(), (uint8_t)random(), (uint8_t)random(), 7};
	size_t n = websocket_put_header(out, opcode, len);

	out[0] = (uint8_t)((out[0] & 0x7f) | (fin ? 0x80 : 0));
	out[1] |= 0x80;
	memcpy(out + n, mask, 4);
	n += 4;
	for (size_t i = 0; i < len; i++)
		out[n + i] = payload[i] ^ mask[i % 4];
	return n + len;
}

static size_t put_control(uint8_t *out)
{
	static const uint16_t codes[] = {1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999};
	uint8_t payload[125];
	size_t len = (size_t)random() % 126;

	if (random() % 12 != 0) {
		put_payload(payload, len, false);
		return put_frame(out, random() % 2 == 0 ? 9 : 10, true, payload, len);
	}
	uint16_t code = codes[random() % 8];
	payload[0] = (uint8_t)(code >> 8);
	payload[1] = (uint8_t)code;
	len = random() % 4 == 0 ? 0 : 2 + put_payload(payload + 2, (size_t)random() % 20, true);
	return put_frame(out, 8, true, payload, len);
}

/* A message in some frames, with control frames between them. */
static size_t put_message(uint8_t *out)
{
	static const size_t lens[] = {0, 5, 125, 126, 300, 1000};
	uint8_t payload[1000];
	bool text = random() % 2 == 0;
	size_t len = lens[random() % 6], n = 0, at = 0;
	uint8_t opcode = text ? 1 : 2;

	put_payload(payload, len, text);
	do {
		size_t part = random() % 3 == 0 ? (size_t)random() % (len - at + 1) : len - at;

		n += put_frame(out + n, opcode, at + part == len, payload + at, part);
		at += part;
		opcode = 0;
		if (at < len && random() % 3 == 0)
			n += put_control(out + n);
	} while (at < len);
	return n;
}

static size_t make_stream(uint8_t *out)
{
	size_t n = 0;

	while (n < STREAM_MAX / 4 && random() % 8 != 0)
		n += random() % 4 == 0 ? put_control(out + n) : put_message(out + n);
	for (unsigned damage = (unsigned)random() % 3; n > 0 && damage > 1; damage--)
		out[(size_t)random() % n] ^= (uint8_t)(1 << random() % 8);
	memset(out + n, 0,
		BREAK); // not masked: whoever has not closed before, breaks the rules here
	return n + BREAK;
}

/*
 * A close frame with a status that may not be on the wire is a breach to us. libwslay takes it for
 * one without a status, or looks at its text first. And it judges the text of a close frame before
 * the frame is whole, which it may never be.
 */
static bool agree(const struct heard *ours, const struct heard *theirs)
{
	bool bad_status =
		ours->status == WEBSOCKET_PROTOCOL_ERROR &&
		(theirs->status == WEBSOCKET_NO_STATUS || theirs->status == WEBSOCKET_INVALID_TEXT);

	bool cut_short = ours->status == 0 && theirs->status == WEBSOCKET_INVALID_TEXT;

	return ours->sum == theirs->sum && ours->messages == theirs->messages &&
	       ours->controls == theirs->controls &&
	       (ours->status == theirs->status || bad_status || cut_short);
}

Test(fanout_websocket_oracle, libwslay_hears_the_same)
{
	static uint8_t stream[4 * STREAM_MAX]; // a longer one is left out
	unsigned closed = 0, broken = 0;

	srandom(6455);
	for (unsigned i = 0; i < STREAMS; i++) {
		size_t len = make_stream(stream);

		if (len > STREAM_MAX)
			continue;
		struct heard ours = hear_ours(stream, len), theirs = hear_wslay(stream, len);

		closed += ours.status != 0 && !ours.broken;
		broken += ours.broken;
		cr_assert(agree(&ours, &theirs),
			"stream %u: ours %u messages, %u controls, close %u; theirs %u, %u, %u", i,
			ours.messages, ours.controls, ours.status, theirs.messages, theirs.controls,
			theirs.status);
	}
	cr_assert_gt(closed, STREAMS / 50);
	cr_assert_gt(broken, STREAMS / 50);
}
