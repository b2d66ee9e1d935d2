/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The parsers of MQTT packets, by tables of bytes. Every input lies in memory of exactly its size,
 * so that a sanitizer sees a byte read beyond it.
 */

#include "fanout/mqtt_connect.h"
#include "fanout/mqtt_header.h"
#include "fanout/mqtt_packet.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

struct script {
	const char *what;
	const char *bytes;
	size_t len;
	enum mqtt_reason reason;
};

static uint8_t *exact(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	cr_assert_not_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

Test(fanout_mqtt_packet, headers_are_judged_by_their_first_byte)
{
	static const uint8_t fine[] = {0x10, 0x82, 0xa2, 0xc0, 0xe0, 0xf0};
	struct mqtt_header h;

	for (unsigned byte = 0; byte < 256; byte++) {
		uint8_t in = (uint8_t)byte;
		enum mqtt_reason reason = mqtt_header_read(&in, 1, &h);

		cr_assert_eq(reason == MQTT_OK, memchr(fine, (int)byte, sizeof(fine)) != NULL,
			"%02x", byte);
		cr_assert_eq(h.len, 0);
	}
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x30", 1, &h), MQTT_NOT_AUTHORIZED);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x3b", 1, &h), MQTT_NOT_AUTHORIZED);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x36", 1, &h), MQTT_MALFORMED); // QoS 3
	cr_assert_eq(
		mqtt_header_read((const uint8_t *)"\x38", 1, &h), MQTT_MALFORMED); // DUP, QoS 0
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x00", 1, &h), MQTT_MALFORMED);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x20", 1, &h), MQTT_PROTOCOL_ERROR);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x40", 1, &h), MQTT_PROTOCOL_ERROR);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x62", 1, &h), MQTT_PROTOCOL_ERROR);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x60", 1, &h), MQTT_MALFORMED);
	cr_assert_eq(mqtt_header_read((const uint8_t *)"\x80", 1, &h), MQTT_MALFORMED);
}

Test(fanout_mqtt_packet, lengths_have_at_most_four_bytes_and_a_limit)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum mqtt_reason reason;
		unsigned header, length;
		bool minimal;
	} cases[] = {
		{BYTES("\xc0"), MQTT_OK, 0, 0, false},
		{BYTES("\xc0\x00"), MQTT_OK, 2, 0, true},
		{BYTES("\x10\x7f"), MQTT_OK, 2, 127, true},
		{BYTES("\x10\x80"), MQTT_OK, 0, 0, false},
		{BYTES("\x10\x80\x01"), MQTT_OK, 3, 128, true},
		{BYTES("\x10\xfd\x3f"), MQTT_OK, 3, MQTT_PACKET_MAX - 3, true},
		{BYTES("\x10\xfe\x3f"), MQTT_TOO_LARGE, 0, 0, false},
		{BYTES("\x10\x80\x00"), MQTT_OK, 3, 0, false},
		{BYTES("\x10\x8a\x80\x80\x00"), MQTT_OK, 5, 10, false},
		{BYTES("\x10\x80\x80\x80\x80"), MQTT_MALFORMED, 0, 0, false},
		{BYTES("\x10\x80\x40"), MQTT_TOO_LARGE, 0, 0, false},
		{BYTES("\x10\xff\xff"), MQTT_TOO_LARGE, 0, 0, false},
		{BYTES("\x10\xff\xff\xff\x7f"), MQTT_TOO_LARGE, 0, 0, false},
	};
	struct mqtt_header h;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *in = exact(cases[i].bytes, cases[i].len);

		cr_assert_eq(mqtt_header_read(in, cases[i].len, &h), cases[i].reason, "case %u", i);
		free(in);
		if (cases[i].reason != MQTT_OK)
			continue;
		cr_assert_eq(h.len, cases[i].header, "case %u", i);
		cr_assert_eq(h.length, cases[i].length, "case %u", i);
		cr_assert_eq(h.minimal, cases[i].minimal, "case %u", i);
	}
}

static void check_connects(const struct script *scripts, size_t n)
{
	struct mqtt_connect c;

	for (size_t i = 0; i < n; i++) {
		uint8_t *in = exact(scripts[i].bytes, scripts[i].len);
		enum mqtt_reason reason = mqtt_connect_parse(in, scripts[i].len, &c);

		cr_assert_eq(reason, scripts[i].reason, "%s: %02x", scripts[i].what, reason);
		free(in);
	}
}

Test(fanout_mqtt_packet, connects_of_3_1_1)
{
	static const struct script scripts[] = {
		{"plain", BYTES("\0\4MQTT\4\2\0\x3c\0\1a"), MQTT_OK},
		{"empty id, clean", BYTES("\0\4MQTT\4\2\0\0\0\0"), MQTT_OK},
		{"kept session", BYTES("\0\4MQTT\4\0\0\x3c\0\1a"), MQTT_OK},
		{"empty id, kept session", BYTES("\0\4MQTT\4\0\0\x3c\0\0"), MQTT_INVALID_CLIENT_ID},
		{"user and password", BYTES("\0\4MQTT\4\xc2\0\0\0\1a\0\1u\0\1p"), MQTT_OK},
		{"a password alone", BYTES("\0\4MQTT\4\x42\0\0\0\1a\0\1p"), MQTT_MALFORMED},
		{"will", BYTES("\0\4MQTT\4\x2e\0\0\0\1a\0\1t\0\2\0\xff"), MQTT_OK},
		{"will of QoS 3", BYTES("\0\4MQTT\4\x1e\0\0\0\1a\0\1t\0\1m"), MQTT_MALFORMED},
		{"QoS without a will", BYTES("\0\4MQTT\4\x0a\0\0\0\1a"), MQTT_MALFORMED},
		{"retain without a will", BYTES("\0\4MQTT\4\x22\0\0\0\1a"), MQTT_MALFORMED},
		{"will without a topic", BYTES("\0\4MQTT\4\6\0\0\0\1a\0\0\0\1m"), MQTT_MALFORMED},
		{"will to a wildcard", BYTES("\0\4MQTT\4\6\0\0\0\1a\0\1#\0\1m"), MQTT_MALFORMED},
		{"will that is cut", BYTES("\0\4MQTT\4\6\0\0\0\1a\0\1t\0\2m"), MQTT_MALFORMED},
		{"the reserved flag", BYTES("\0\4MQTT\4\3\0\0\0\1a"), MQTT_MALFORMED},
		{"more behind it", BYTES("\0\4MQTT\4\2\0\0\0\1ab"), MQTT_MALFORMED},
		{"id with U+0000", BYTES("\0\4MQTT\4\2\0\0\0\2a\0"), MQTT_MALFORMED},
		{"id with a surrogate", BYTES("\0\4MQTT\4\2\0\0\0\3\xed\xa0\x80"), MQTT_MALFORMED},
		{"id that is cut", BYTES("\0\4MQTT\4\2\0\0\0\3ab"), MQTT_MALFORMED},
		{"user that is no text", BYTES("\0\4MQTT\4\x82\0\0\0\1a\0\1\xff"), MQTT_MALFORMED},
		{"a password of any bytes", BYTES("\0\4MQTT\4\xc2\0\0\0\1a\0\1u\0\2\0\xff"),
			MQTT_OK},
		{"no id", BYTES("\0\4MQTT\4\2\0\0"), MQTT_MALFORMED},
		{"nothing", BYTES(""), MQTT_UNSUPPORTED_VERSION},
		{"another name", BYTES("\0\4MQTX\4\2\0\0\0\1a"), MQTT_UNSUPPORTED_VERSION},
		{"a name in small letters", BYTES("\0\4mqtt\4\2\0\0\0\1a"),
			MQTT_UNSUPPORTED_VERSION},
		{"3.1", BYTES("\0\6MQIsdp\3\2\0\0\0\1a"), MQTT_UNSUPPORTED_VERSION},
		{"level 3", BYTES("\0\4MQTT\3\2\0\0\0\1a"), MQTT_UNSUPPORTED_VERSION},
		{"level 6", BYTES("\0\4MQTT\6\2\0\0\0\1a"), MQTT_UNSUPPORTED_VERSION},
	};

	check_connects(scripts, sizeof(scripts) / sizeof(scripts[0]));
}

#define CONNECT_5(flags, properties) "\0\4MQTT\5" flags "\0\x3c" properties "\0\1a"

Test(fanout_mqtt_packet, connects_of_5)
{
	static const struct script scripts[] = {
		{"plain", BYTES(CONNECT_5("\2", "\0")), MQTT_OK},
		{"empty id", BYTES("\0\4MQTT\5\0\0\0\0\0\0"), MQTT_OK},
		{"a password alone", BYTES(CONNECT_5("\x42", "\0") "\0\1p"), MQTT_OK},
		{"all properties",
			BYTES(CONNECT_5("\2", "\x19\x11\0\0\0\x0a\x21\0\x01\x27\0\0\1\0\x22\0\0\x19"
					      "\1\x17\0\x26\0\0\0\0")),
			MQTT_OK},
		{"user properties", BYTES(CONNECT_5("\2", "\x0e\x26\0\1k\0\1v\x26\0\1k\0\1v")),
			MQTT_OK},
		{"expiry twice", BYTES(CONNECT_5("\2", "\x0a\x11\0\0\0\1\x11\0\0\0\1")),
			MQTT_PROTOCOL_ERROR},
		{"receive maximum 0", BYTES(CONNECT_5("\2", "\3\x21\0\0")), MQTT_PROTOCOL_ERROR},
		{"maximum packet 0", BYTES(CONNECT_5("\2", "\5\x27\0\0\0\0")), MQTT_PROTOCOL_ERROR},
		{"problem information 2", BYTES(CONNECT_5("\2", "\2\x17\2")), MQTT_PROTOCOL_ERROR},
		{"a property of PUBLISH", BYTES(CONNECT_5("\2", "\3\x23\0\1")), MQTT_MALFORMED},
		{"a property of the will", BYTES(CONNECT_5("\2", "\5\x18\0\0\0\0")),
			MQTT_MALFORMED},
		{"a property of CONNACK", BYTES(CONNECT_5("\2", "\2\x24\1")), MQTT_MALFORMED},
		{"no such property", BYTES(CONNECT_5("\2", "\2\x7f\1")), MQTT_MALFORMED},
		{"property 0", BYTES(CONNECT_5("\2", "\1\0")), MQTT_MALFORMED},
		{"a property of two bytes", BYTES(CONNECT_5("\2", "\3\x91\0\1")), MQTT_MALFORMED},
		{"a property that is cut", BYTES(CONNECT_5("\2", "\3\x11\0\0")), MQTT_MALFORMED},
		{"a key that is no text", BYTES(CONNECT_5("\2", "\x06\x26\0\1\xff\0\0")),
			MQTT_MALFORMED},
		{"more properties than bytes", BYTES(CONNECT_5("\2", "\x7f\x11\0\0\0\1")),
			MQTT_MALFORMED},
		{"a length that is too long", BYTES(CONNECT_5("\2", "\x80\0")), MQTT_MALFORMED},
		{"a length of five bytes", BYTES(CONNECT_5("\2", "\x80\x80\x80\x80\1")),
			MQTT_MALFORMED},
		{"authentication", BYTES(CONNECT_5("\2", "\4\x15\0\1m")), MQTT_BAD_AUTHENTICATION},
		{"data without a method", BYTES(CONNECT_5("\2", "\4\x16\0\1d")),
			MQTT_PROTOCOL_ERROR},
		{"authentication, malformed", BYTES(CONNECT_5("\2", "\4\x15\0\1m") "x"),
			MQTT_MALFORMED},
		{"will", BYTES(CONNECT_5("\6", "\0") "\0\0\1t\0\1m"), MQTT_OK},
		{"will with properties",
			BYTES(CONNECT_5("\6", "\0") "\x1d\x18\0\0\0\1\1\1\2\0\0\0\1\3\0\1c\x08\0\1r"
						    "\x09\0\1d\x26\0\0\0\0"
						    "\0\1t\0\1m"),
			MQTT_OK},
		{"will that answers to a wildcard",
			BYTES(CONNECT_5("\6", "\0") "\4\x08\0\1#\0\1t\0\1m"), MQTT_PROTOCOL_ERROR},
		{"will with a property twice", BYTES(CONNECT_5("\6", "\0") "\4\1\1\1\1\0\1t\0\1m"),
			MQTT_PROTOCOL_ERROR},
		{"will with a property of CONNECT",
			BYTES(CONNECT_5("\6", "\0") "\3\x21\0\1\0\1t\0\1m"), MQTT_MALFORMED},
		{"will of QoS 1", BYTES(CONNECT_5("\x0e", "\0") "\0\0\1t\0\1m"),
			MQTT_QOS_UNSUPPORTED},
		{"will of QoS 1, malformed", BYTES(CONNECT_5("\x0e", "\0") "\0\0\1t\0\1mx"),
			MQTT_MALFORMED},
		{"no properties", BYTES("\0\4MQTT\5\2\0\x3c"), MQTT_MALFORMED},
	};

	check_connects(scripts, sizeof(scripts) / sizeof(scripts[0]));
}

Test(fanout_mqtt_packet, a_connect_says_what_the_client_wants)
{
	static const char bytes[] = "\0\4MQTT\5\2\1\x2c\x0a\x11\0\0\0\x0a\x27\0\0\1\1\0\5ident";
	struct mqtt_connect c;

	cr_assert_eq(mqtt_connect_parse((const uint8_t *)bytes, sizeof(bytes) - 1, &c), MQTT_OK);
	cr_assert_eq(c.level, 5);
	cr_assert(c.clean);
	cr_assert_eq(c.keep_alive, 300);
	cr_assert_eq(c.session_expiry, 10);
	cr_assert_eq(c.maximum_packet, 257);
	cr_assert_eq(c.client_id.len, 5);
	cr_assert_eq(memcmp(c.client_id.at, "ident", 5), 0);
}

Test(fanout_mqtt_packet, a_connect_cut_anywhere_is_malformed)
{
	static const char bytes[] =
		CONNECT_5("\xc6", "\5\x11\0\0\0\1") "\5\x18\0\0\0\1\0\1t\0\1m\0\1u\0\1p";
	struct mqtt_connect c;

	for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
		uint8_t *in = exact(bytes, len);

		cr_assert_eq(mqtt_connect_parse(in, len, &c),
			len < 7 ? MQTT_UNSUPPORTED_VERSION : MQTT_MALFORMED, "%zu bytes", len);
		free(in);
	}
	cr_assert_eq(mqtt_connect_parse((const uint8_t *)bytes, sizeof(bytes) - 1, &c), MQTT_OK);
}

typedef enum mqtt_reason (*parse_filters)(
	const uint8_t *in, size_t len, enum mqtt_version version, struct mqtt_filters *out);

static void check_filters(
	parse_filters parse, enum mqtt_version version, const struct script *scripts, size_t n)
{
	struct mqtt_filters f;

	for (size_t i = 0; i < n; i++) {
		uint8_t *in = exact(scripts[i].bytes, scripts[i].len);
		enum mqtt_reason reason = parse(in, scripts[i].len, version, &f);

		cr_assert_eq(reason, scripts[i].reason, "%s: %02x", scripts[i].what, reason);
		free(in);
	}
}

Test(fanout_mqtt_packet, subscribes_of_3_1_1)
{
	static const struct script scripts[] = {
		{"one", BYTES("\0\1\0\1a\0"), MQTT_OK},
		{"three", BYTES("\0\1\0\1a\0\0\1b\1\0\1c\2"), MQTT_OK},
		{"QoS 3", BYTES("\0\1\0\1a\3"), MQTT_MALFORMED},
		{"reserved bits", BYTES("\0\1\0\1a\4"), MQTT_MALFORMED},
		{"id 0", BYTES("\0\0\0\1a\0"), MQTT_PROTOCOL_ERROR},
		{"no filter", BYTES("\0\1"), MQTT_PROTOCOL_ERROR},
		{"an empty filter", BYTES("\0\1\0\0\0"), MQTT_MALFORMED},
		{"no QoS", BYTES("\0\1\0\1a"), MQTT_MALFORMED},
		{"half a filter", BYTES("\0\1\0\1a\0\0\5b"), MQTT_MALFORMED},
		{"no text", BYTES("\0\1\0\2\xc0\x80\0"), MQTT_MALFORMED},
		{"half an id", BYTES("\0"), MQTT_MALFORMED},
	};

	check_filters(
		mqtt_subscribe_parse, MQTT_3_1_1, scripts, sizeof(scripts) / sizeof(scripts[0]));
}

Test(fanout_mqtt_packet, subscribes_of_5)
{
	static const struct script scripts[] = {
		{"one", BYTES("\0\1\0\0\1a\0"), MQTT_OK},
		{"all options", BYTES("\0\1\0\0\1a\x2e"), MQTT_OK},
		{"user property", BYTES("\0\1\5\x26\0\0\0\0\0\1a\0"), MQTT_OK},
		{"identifier", BYTES("\0\1\2\x0b\1\0\1a\0"), MQTT_IDENTIFIERS_UNSUPPORTED},
		{"identifier 0", BYTES("\0\1\2\x0b\0\0\1a\0"), MQTT_PROTOCOL_ERROR},
		{"identifier twice", BYTES("\0\1\4\x0b\1\x0b\2\0\1a\0"), MQTT_PROTOCOL_ERROR},
		{"identifier, malformed", BYTES("\0\1\2\x0b\1\0\1a"), MQTT_MALFORMED},
		{"a property of CONNECT", BYTES("\0\1\3\x21\0\1\0\1a\0"), MQTT_MALFORMED},
		{"QoS 3", BYTES("\0\1\0\0\1a\3"), MQTT_PROTOCOL_ERROR},
		{"retain handling 3", BYTES("\0\1\0\0\1a\x30"), MQTT_PROTOCOL_ERROR},
		{"reserved bits", BYTES("\0\1\0\0\1a\x40"), MQTT_MALFORMED},
		{"id 0", BYTES("\0\0\0\0\1a\0"), MQTT_PROTOCOL_ERROR},
		{"no filter", BYTES("\0\1\0"), MQTT_PROTOCOL_ERROR},
		{"no properties", BYTES("\0\1"), MQTT_MALFORMED},
	};

	check_filters(mqtt_subscribe_parse, MQTT_5, scripts, sizeof(scripts) / sizeof(scripts[0]));
}

Test(fanout_mqtt_packet, unsubscribes)
{
	static const struct script old[] = {
		{"two", BYTES("\0\1\0\1a\0\1b"), MQTT_OK},
		{"none", BYTES("\0\1"), MQTT_PROTOCOL_ERROR},
		{"half of one", BYTES("\0\1\0\2a"), MQTT_MALFORMED},
	};
	static const struct script new[] = {
		{"one", BYTES("\0\1\0\0\1a"), MQTT_OK},
		{"identifier", BYTES("\0\1\2\x0b\1\0\1a"), MQTT_MALFORMED},
		{"id 0", BYTES("\0\0\0\0\1a"), MQTT_PROTOCOL_ERROR},
	};

	check_filters(mqtt_unsubscribe_parse, MQTT_3_1_1, old, sizeof(old) / sizeof(old[0]));
	check_filters(mqtt_unsubscribe_parse, MQTT_5, new, sizeof(new) / sizeof(new[0]));
}

Test(fanout_mqtt_packet, filters_come_in_order_with_their_options)
{
	static const char bytes[] = "\1\2\0\0\1a\x08\0\2bc\x14\0\1d\x20";
	struct mqtt_filters f;
	struct mqtt_asked asked;

	cr_assert_eq(mqtt_subscribe_parse((const uint8_t *)bytes, sizeof(bytes) - 1, MQTT_5, &f),
		MQTT_OK);
	cr_assert_eq(f.packet_id, 0x102);
	cr_assert_eq(f.n, 3);
	cr_assert(mqtt_filters_next(&f, &asked));
	cr_assert_eq(asked.filter.at[0], 'a');
	cr_assert(asked.retain_as_published && !asked.no_local);
	cr_assert_eq(asked.retain_handling, MQTT_RETAINED_ALWAYS);
	cr_assert(mqtt_filters_next(&f, &asked));
	cr_assert_eq(asked.filter.len, 2);
	cr_assert(!asked.retain_as_published && asked.no_local);
	cr_assert_eq(asked.retain_handling, MQTT_RETAINED_IF_NEW);
	cr_assert(mqtt_filters_next(&f, &asked));
	cr_assert_eq(asked.retain_handling, MQTT_RETAINED_NEVER);
	cr_assert_not(mqtt_filters_next(&f, &asked));
}

Test(fanout_mqtt_packet, disconnects)
{
	static const struct {
		struct script s;
		enum mqtt_version version;
		bool expiry;
	} cases[] = {
		{{"3.1.1", BYTES(""), MQTT_OK}, MQTT_3_1_1, false},
		{{"3.1.1 with a code", BYTES("\0"), MQTT_MALFORMED}, MQTT_3_1_1, false},
		{{"nothing", BYTES(""), MQTT_OK}, MQTT_5, false},
		{{"a code", BYTES("\4"), MQTT_OK}, MQTT_5, false},
		{{"an error", BYTES("\x80"), MQTT_OK}, MQTT_5, false},
		{{"no such code", BYTES("\1"), MQTT_PROTOCOL_ERROR}, MQTT_5, false},
		{{"no properties", BYTES("\0\0"), MQTT_OK}, MQTT_5, false},
		{{"a reason", BYTES("\0\4\x1f\0\1r"), MQTT_OK}, MQTT_5, false},
		{{"expiry", BYTES("\0\5\x11\0\0\0\1"), MQTT_OK}, MQTT_5, true},
		{{"expiry that was 0", BYTES("\0\5\x11\0\0\0\1"), MQTT_PROTOCOL_ERROR}, MQTT_5,
			false},
		{{"a server's property", BYTES("\0\4\x1c\0\1s"), MQTT_MALFORMED}, MQTT_5, false},
		{{"more behind it", BYTES("\0\0\0"), MQTT_MALFORMED}, MQTT_5, false},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *in = exact(cases[i].s.bytes, cases[i].s.len);

		cr_assert_eq(mqtt_disconnect_parse(
				     in, cases[i].s.len, cases[i].version, cases[i].expiry),
			cases[i].s.reason, "%s", cases[i].s.what);
		free(in);
	}
}
