/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/websocket_accept.h"
#include "fanout/websocket_frame.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Decodes all bytes in pieces of that size; a text of what happened. */
static void decode(const uint8_t *bytes, size_t len, size_t piece, char out[static 512])
{
	struct websocket_decoder d = {0};
	struct websocket_event event;
	uint8_t copy[512];

	memcpy(copy, bytes, len);
	out[0] = '\0';
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece, used = 0;

		do {
			size_t end = strlen(out);

			used += websocket_decode(&d, copy + at + used, n - used, &event);
			if (event.type == WEBSOCKET_DATA)
				snprintf(out + end, 512 - end, "%.*s%s", (int)event.len,
					event.payload, event.last ? "." : "");
			else if (event.type == WEBSOCKET_PINGED || event.type == WEBSOCKET_PONGED)
				snprintf(out + end, 512 - end, "%s(%.*s)",
					event.type == WEBSOCKET_PINGED ? "ping" : "pong",
					(int)event.len, event.payload);
			else if (event.type != WEBSOCKET_NOTHING)
				snprintf(out + end, 512 - end, "%s(%u)",
					event.type == WEBSOCKET_CLOSED ? "close" : "fail",
					event.status);
		} while (event.type != WEBSOCKET_NOTHING);
	}
}

/* Whole and byte by byte the same. */
#define EXPECT(expected, ...)                                                                   \
	do {                                                                                    \
		static const uint8_t bytes[] = {__VA_ARGS__};                                   \
		char out[512];                                                                  \
		for (size_t piece = sizeof(bytes); piece > 0; piece--) {                        \
			decode(bytes, sizeof(bytes), piece, out);                               \
			cr_assert_str_eq(out, expected, "pieces of %zu bytes: %s", piece, out); \
		}                                                                               \
	} while (0)

#define MASK 0x37, 0xfa, 0x21, 0x3d
#define ZERO 0, 0, 0, 0

Test(fanout_websocket_frame, the_examples_of_rfc_6455_5_7)
{
	EXPECT("Hello.", 0x81, 0x85, MASK, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
	EXPECT("pong(Hello)", 0x8a, 0x85, MASK, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
	EXPECT("Hello.", 0x01, 0x83, ZERO, 'H', 'e', 'l', 0x80, 0x82, ZERO, 'l', 'o');
	EXPECT("fail(1002)", 0x81, 0x05, 'H', 'e', 'l', 'l', 'o'); // a client masks
}

Test(fanout_websocket_frame, control_frames_may_come_between_fragments)
{
	EXPECT("Helping(x)lo.close(1000)", 0x01, 0x83, ZERO, 'H', 'e', 'l', 0x89, 0x81, ZERO, 'x',
		0x80, 0x82, ZERO, 'l', 'o', 0x88, 0x82, ZERO, 0x03, 0xe8);
	EXPECT("ping().", 0x89, 0x80, ZERO, 0x82, 0x80, ZERO);
}

Test(fanout_websocket_frame, what_is_no_frame_fails)
{
	EXPECT("fail(1002)", 0xc1, 0x80, ZERO);                         // RSV1
	EXPECT("fail(1002)", 0x83, 0x80, ZERO);                         // unknown opcode
	EXPECT("fail(1002)", 0x8b, 0x80, ZERO);                         // unknown control opcode
	EXPECT("fail(1002)", 0x09, 0x80, ZERO);                         // fragmented control frame
	EXPECT("fail(1002)", 0x89, 0xfe, 0, 126, ZERO);                 // long control frame
	EXPECT("fail(1002)", 0x80, 0x80, ZERO);                         // nothing to continue
	EXPECT("afail(1002)", 0x01, 0x81, ZERO, 'a', 0x81, 0x80, ZERO); // a message inside another
	EXPECT("fail(1002)", 0x82, 0xfe, 0, 125, ZERO);                 // not the shortest length
	EXPECT("fail(1002)", 0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ZERO);
	EXPECT("fail(1002)", 0x82, 0xff, 0x80, 0, 0, 0, 0, 1, 0, 0, ZERO);
	EXPECT("fail(1009)", 0x82, 0xfe, 0x10, 0x01, ZERO); // longer than we take
	EXPECT("fail(1009)", 0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, ZERO);
}

Test(fanout_websocket_frame, closes_are_checked)
{
	EXPECT("close(1005)", 0x88, 0x80, ZERO);
	EXPECT("fail(1002)", 0x88, 0x81, ZERO, 3);
	EXPECT("close(1001)", 0x88, 0x84, ZERO, 0x03, 0xe9, 'o', 'k');
	EXPECT("close(4999)", 0x88, 0x82, ZERO, 0x13, 0x87);
	EXPECT("fail(1002)", 0x88, 0x82, ZERO, 0x03, 0xed); // 1005 is never on the wire
	EXPECT("fail(1002)", 0x88, 0x82, ZERO, 0x03, 0xe7); // 999
	EXPECT("fail(1002)", 0x88, 0x82, ZERO, 0x13, 0x88); // 5000
	EXPECT("fail(1007)", 0x88, 0x83, ZERO, 0x03, 0xe8, 0xff);
}

/* Data up to the fault is handed out in pieces, so these compare only how it ends. */
static bool text_is_taken(const uint8_t *text, size_t len, size_t fragment)
{
	struct websocket_decoder d = {0};
	struct websocket_event event;

	for (size_t at = 0; at < len; at += fragment) {
		size_t n = len - at < fragment ? len - at : fragment, used = 0;
		uint8_t frame[64] = {(uint8_t)((at == 0 ? 1 : 0) | (at + n == len ? 0x80 : 0)),
			(uint8_t)(0x80 | n)};

		memcpy(frame + 6, text + at, n);
		do {
			used += websocket_decode(&d, frame + used, 6 + n - used, &event);
			if (event.type == WEBSOCKET_FAILED)
				return event.status != WEBSOCKET_INVALID_TEXT;
		} while (event.type != WEBSOCKET_NOTHING);
	}
	return true;
}

Test(fanout_websocket_frame, text_is_utf8_also_across_fragments)
{
	static const char *const good[] = {
		"a", "\xc3\xa9", "x\xe2\x82\xacy", "\xf0\x9f\x94\xa5\xf0\x9f\x91\x8f"};
	static const char *const bad[] = {"\xff", "\xc3", "\xc3(", "\xed\xa0\x80", "\xf0\x9f\x94",
		"\xe2(\xa1zz", "a\x80", "\xf4\x90\x80\x80", "\xc0\xaf"};

	for (size_t fragment = 1; fragment < 9; fragment++) {
		for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
			cr_assert(
				text_is_taken((const uint8_t *)good[i], strlen(good[i]), fragment));
		for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			cr_assert_not(
				text_is_taken((const uint8_t *)bad[i], strlen(bad[i]), fragment),
				"bad text %u in fragments of %zu", i, fragment);
	}
}

Test(fanout_websocket_frame, headers_are_as_short_as_they_can_be)
{
	uint8_t out[WEBSOCKET_HEADER_MAX];

	cr_assert_eq(websocket_put_header(out, WEBSOCKET_TEXT, 5), 2);
	cr_assert_arr_eq(out, ((uint8_t[]){0x81, 0x05}), 2);
	cr_assert_eq(websocket_put_header(out, WEBSOCKET_BINARY, 125), 2);
	cr_assert_eq(websocket_put_header(out, WEBSOCKET_BINARY, 256), 4);
	cr_assert_arr_eq(out, ((uint8_t[]){0x82, 0x7e, 0x01, 0x00}), 4);
	cr_assert_eq(websocket_put_header(out, WEBSOCKET_BINARY, 65536), 10);
	cr_assert_arr_eq(out, ((uint8_t[]){0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}), 10);
}

Test(fanout_websocket_accept, the_example_of_rfc_6455_1_3)
{
	struct slice key = {"dGhlIHNhbXBsZSBub25jZQ==", 24};
	char accept[WEBSOCKET_ACCEPT_LEN + 1];

	cr_assert(websocket_key_is_sound(key));
	websocket_accept(key, accept);
	cr_assert_str_eq(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

Test(fanout_websocket_accept, a_key_is_16_bytes_in_base64)
{
	cr_assert_not(websocket_key_is_sound((struct slice){"dGhlIHNhbXBsZSBub25jZQ=", 23}));
	cr_assert_not(websocket_key_is_sound((struct slice){"dGhlIHNhbXBsZSBub25jZQ=a", 24}));
	cr_assert_not(websocket_key_is_sound((struct slice){"dGhlIHNhbXBsZSBub25jZQaa", 24}));
	cr_assert_not(websocket_key_is_sound((struct slice){"dGhlIHNhbXB sZSBub25jZ==", 24}));
	cr_assert_not(websocket_key_is_sound((struct slice){NULL, 0}));
}
