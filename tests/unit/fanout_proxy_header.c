/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The header of a proxy, whole and in pieces of every size.
 */

#include "fanout/proxy_header.h"

#include <criterion/criterion.h>
#include <string.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TCP4 "\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x1e\x64"
#define TCP6                                                               \
	"\x20\x01\x0d\xb8\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x09" \
	"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" \
	"\x30\x39\x1e\x64"
#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	enum proxy_result result;
	source_t client;
} cases[] = {
	{"IPv4", TEXT(SIGNATURE "\x21\x11\x00\x0c" TCP4), PROXY_CLIENT, 0xffffffffc0000201},
	{"IPv4 with TLVs", TEXT(SIGNATURE "\x21\x11\x00\x12" TCP4 "\x04\x00\x03\0\0\0"),
		PROXY_CLIENT, 0xffffffffc0000201},
	{"IPv6", TEXT(SIGNATURE "\x21\x21\x00\x24" TCP6), PROXY_CLIENT, 0x20010db800010002},
	{"IPv6 with TLVs", TEXT(SIGNATURE "\x21\x21\x00\x28" TCP6 "\x05\x00\x01X"), PROXY_CLIENT,
		0x20010db800010002},
	{"a check of our health", TEXT(SIGNATURE "\x20\x00\x00\x00"), PROXY_NOBODY, 0},
	{"the same with addresses", TEXT(SIGNATURE "\x20\x11\x00\x0c" TCP4), PROXY_NOBODY, 0},
	{"the same of no family", TEXT(SIGNATURE "\x20\x77\x00\x02xy"), PROXY_NOBODY, 0},
	{"unknown addresses", TEXT(SIGNATURE "\x21\x00\x00\x00"), PROXY_NOBODY, 0},
	{"unknown addresses, TLVs", TEXT(SIGNATURE "\x21\x00\x00\x04\x04\x00\x01x"), PROXY_NOBODY,
		0},

	{"version 1", TEXT("PROXY "), PROXY_VERSION_1, 0},
	{"a request", TEXT("G"), PROXY_MALFORMED, 0},
	{"a request that begins alike", TEXT("PO"), PROXY_MALFORMED, 0},
	{"line ends", TEXT("\r\n\r\n\r"), PROXY_MALFORMED, 0},
	{"the last byte of the signature", TEXT("\r\n\r\n\0\r\nQUIT\r"), PROXY_MALFORMED, 0},
	{"version 1 in binary", TEXT(SIGNATURE "\x11\x11\x00\x0c"), PROXY_MALFORMED, 0},
	{"version 3", TEXT(SIGNATURE "\x31\x11\x00\x0c"), PROXY_MALFORMED, 0},
	{"no command", TEXT(SIGNATURE "\x22\x11\x00\x0c"), PROXY_MALFORMED, 0},
	{"UDP", TEXT(SIGNATURE "\x21\x12\x00\x0c"), PROXY_MALFORMED, 0},
	{"no family", TEXT(SIGNATURE "\x21\x41\x00\x0c"), PROXY_MALFORMED, 0},
	{"IPv4 cut short", TEXT(SIGNATURE "\x21\x11\x00\x0b"), PROXY_MALFORMED, 0},
	{"IPv6 cut short", TEXT(SIGNATURE "\x21\x21\x00\x23"), PROXY_MALFORMED, 0},
	{"UNIX cut short", TEXT(SIGNATURE "\x21\x31\x00\xd7"), PROXY_MALFORMED, 0},
	{"too long", TEXT(SIGNATURE "\x21\x11\x10\x01"), PROXY_MALFORMED, 0},
	{"too long, of our health", TEXT(SIGNATURE "\x20\x00\xff\xff"), PROXY_MALFORMED, 0},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

/* Gives it pieces of n bytes until it has come to a result; how many it took. */
static size_t feed(
	const char *bytes, size_t len, size_t n, enum proxy_result *result, source_t *client)
{
	struct proxy_header p = {.taken = 0};
	size_t at = 0, used;

	*client = 0;
	*result = PROXY_MORE;
	while (*result == PROXY_MORE && at < len) {
		size_t piece = len - at < n ? len - at : n;

		*result = proxy_header_take(&p, (const uint8_t *)bytes + at, piece, &used, client);
		cr_assert_leq(used, piece);
		cr_assert(used == piece || *result != PROXY_MORE);
		at += used;
	}
	return at;
}

Test(fanout_proxy_header, it_is_read_the_same_in_pieces_of_every_size)
{
	enum proxy_result result;
	source_t client;
	char text[64];

	for (unsigned i = 0; i < CASES; i++) {
		bool good = cases[i].result == PROXY_CLIENT || cases[i].result == PROXY_NOBODY;

		memcpy(text, cases[i].bytes, cases[i].len);
		memcpy(text + cases[i].len, "SUB", 3); // the client's own bytes behind it
		for (size_t n = 1; n <= cases[i].len + 3; n++) {
			size_t used = feed(text, cases[i].len + 3, n, &result, &client);

			cr_expect_eq(result, cases[i].result, "%s: %d", cases[i].what, result);
			cr_expect_eq(client, cases[i].client, "%s", cases[i].what);
			cr_expect(!good || used == cases[i].len, "%s: %zu", cases[i].what, used);
		}
	}
}

Test(fanout_proxy_header, it_is_not_whole_before_its_last_byte)
{
	enum proxy_result result;
	source_t client;

	for (unsigned i = 0; i < CASES; i++) {
		for (size_t len = 0; len < cases[i].len; len++) {
			feed(cases[i].bytes, len, len, &result, &client);
			cr_expect(result == PROXY_MORE || result == cases[i].result,
				"%s, %zu bytes", cases[i].what, len);
			cr_expect(result == PROXY_MORE || result == PROXY_MALFORMED,
				"%s, %zu bytes", cases[i].what, len);
		}
	}
}

Test(fanout_proxy_header, the_longest_is_skipped_and_a_path_of_unix_too)
{
	static char text[PROXY_HEAD_LEN + PROXY_LENGTH_MAX + 1];
	static const struct {
		const char *head;
		size_t length;
		enum proxy_result result;
	} long_ones[] = {
		{SIGNATURE "\x21\x11\x10\x00", PROXY_LENGTH_MAX, PROXY_CLIENT},
		{SIGNATURE "\x21\x31\x00\xd8", 216, PROXY_NOBODY},
	};
	enum proxy_result result;
	source_t client;

	for (unsigned i = 0; i < 2; i++) {
		memcpy(text, long_ones[i].head, PROXY_HEAD_LEN);
		memcpy(text + PROXY_HEAD_LEN, TCP4, 12);
		for (size_t n = 1; n <= sizeof(text); n += 1 + n / 7) {
			size_t used = feed(text, sizeof(text), n, &result, &client);

			cr_expect_eq(result, long_ones[i].result);
			cr_expect_eq(used, PROXY_HEAD_LEN + long_ones[i].length);
		}
	}
}
