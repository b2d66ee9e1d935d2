/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_stream.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint8_t stream[] = "\x10\x0d\0\4MQTT\4\2\0\0\0\1a" // CONNECT
				"\xc0\0"                        // PINGREQ
				"\x82\6\0\1\0\1a\0"             // SUBSCRIBE
				"\xe0\0";                       // DISCONNECT
enum { STREAM_LEN = sizeof(stream) - 1 };

/* Feeds the stream in pieces of that size; every packet comes, in order. */
static void feed(size_t piece)
{
	static const uint8_t types[] = {1, 12, 8, 14};
	struct mqtt_stream s = {0};
	struct mqtt_packet p;
	enum mqtt_reason reason;
	unsigned n = 0;

	for (size_t at = 0; at < STREAM_LEN; at += piece) {
		size_t end = at + piece < STREAM_LEN ? at + piece : STREAM_LEN, used = at;

		do {
			used += mqtt_stream_next(&s, stream + used, end - used, &p, &reason);
			cr_assert_eq(reason, MQTT_OK);
			cr_assert_leq(used, end);
			if (p.header.len == 0)
				break;
			cr_assert_lt(n, sizeof(types));
			cr_assert_eq(p.header.type, types[n]);
			if (n == 0)
				cr_assert_eq(memcmp(p.body, stream + 2, 13), 0);
			mqtt_stream_forget(&s);
			n++;
		} while (used < end);
		cr_assert_eq(used, end);
	}
	cr_assert_eq(n, sizeof(types));
	cr_assert_null(s.kept);
}

Test(fanout_mqtt_stream, packets_come_whole_from_pieces_of_any_size)
{
	for (size_t piece = 1; piece <= STREAM_LEN; piece++)
		feed(piece);
}

Test(fanout_mqtt_stream, never_more_than_one_packet_is_kept)
{
	struct mqtt_stream s = {0};
	struct mqtt_packet p;
	enum mqtt_reason reason;

	cr_assert_eq(mqtt_stream_next(&s, stream, 5, &p, &reason), 5);
	cr_assert_eq(p.header.len, 0);
	cr_assert_eq(mqtt_stream_next(&s, stream + 5, STREAM_LEN - 5, &p, &reason), 10);
	cr_assert_eq(p.header.type, MQTT_CONNECT);
	cr_assert_eq(s.kept->len, 15);
	mqtt_stream_forget(&s);
}

Test(fanout_mqtt_stream, a_broken_stream_says_so_before_a_packet_is_kept)
{
	struct mqtt_stream s = {0};
	struct mqtt_packet p;
	enum mqtt_reason reason;

	mqtt_stream_next(&s, (const uint8_t *)"\x10\xff\xff\xff\x7f", 5, &p, &reason);
	cr_assert_eq(reason, MQTT_TOO_LARGE);
	cr_assert_null(s.kept);
	mqtt_stream_next(&s, (const uint8_t *)"\x10", 1, &p, &reason);
	cr_assert_eq(reason, MQTT_OK);
	mqtt_stream_next(&s, (const uint8_t *)"\xff\xff\xff", 3, &p, &reason);
	cr_assert_eq(reason, MQTT_TOO_LARGE);
	cr_assert_leq(s.kept->len, 5);
	mqtt_stream_forget(&s);
}
