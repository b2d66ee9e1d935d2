/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* HOST:PORT in all the ways people write it, and nothing else. */

#include "client/channel_span.h"
#include "client/endpoint.h"
#include "client/number.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static void expect(const char *text, const char *host, uint16_t port)
{
	struct endpoint e;

	cr_assert_eq(endpoint_parse(text, 7700, &e), 0, "'%s'", text);
	cr_expect_str_eq(e.host, host, "'%s'", text);
	cr_expect_eq(e.port, port, "'%s'", text);
}

Test(client_endpoint, reads_names_addresses_and_ports)
{
	expect("127.0.0.1:7701", "127.0.0.1", 7701);
	expect("example.org", "example.org", 7700);
	expect("example.org:1", "example.org", 1);
	expect("[::1]:65535", "::1", 65535);
	expect("[::1]", "::1", 7700);
	expect("::1", "::1", 7700);
	expect("2001:db8::1:7701", "2001:db8::1:7701", 7700);
}

Test(client_endpoint, refuses_everything_else)
{
	static const char *const wrong[] = {"", ":7700", "host:", "host:0", "host:65536",
		"host:99999999", "host:-1", "host: 1", "host:1x", "[::1", "[::1]x",
		"[::1]:", "[]:1", "[[::1]]:1", "a]b:1"};
	struct endpoint e = {.host = "kept", .port = 7};
	char long_name[600];

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(endpoint_parse(wrong[i], 7700, &e), -EINVAL, "'%s'", wrong[i]);
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	cr_expect_eq(endpoint_parse(long_name, 7700, &e), -EINVAL);
	cr_expect_str_eq(e.host, "kept", "a failure changes nothing");
	cr_expect_eq(e.port, 7);
}

Test(client_endpoint, writes_what_it_reads)
{
	static const char *const texts[] = {"127.0.0.1:7701", "[2001:db8::7]:1", "example.org:80"};
	char out[ENDPOINT_TEXT_MAX];
	struct endpoint e;

	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(endpoint_parse(texts[i], 7700, &e), 0);
		cr_expect_str_eq(endpoint_write(&e, out), texts[i]);
	}
}

Test(client_endpoint, resolves_numeric_addresses)
{
	struct sockaddr_storage address;
	struct endpoint e;
	socklen_t len;

	cr_assert_eq(endpoint_parse("127.0.0.1:7701", 1, &e), 0);
	cr_assert_eq(endpoint_resolve(&e, SOCK_STREAM, &address, &len), 0);
	cr_expect_eq(len, sizeof(struct sockaddr_in));
	cr_expect_eq(ntohs(((struct sockaddr_in *)&address)->sin_port), 7701);
}

Test(client_endpoint, a_name_without_an_address_is_told_as_such)
{
	struct sockaddr_storage address;
	struct endpoint e;
	socklen_t len;

	cr_assert_eq(endpoint_parse("no..host:7701", 1, &e), 0);
	cr_assert_eq(endpoint_resolve(&e, SOCK_DGRAM, &address, &len), -ENXIO);
	cr_expect_not_null(strstr(endpoint_why(-ENXIO), "host name"));
	cr_expect_str_eq(endpoint_why(-ECONNREFUSED), strerror(ECONNREFUSED));
}

Test(client_channel_span, takes_the_lists_of_the_protocol)
{
	static const struct {
		const char *text;
		int ret; // of the second call
		struct channel_span first, second;
	} rows[] = {
		{"7", 0, {7, 7}, {0, 0}},
		{"0-4095", 0, {0, 4095}, {0, 0}},
		{"65534,0", 1, {65534, 65534}, {0, 0}},
		{"7,20-29", 1, {7, 7}, {20, 29}},
		{"7,x", -EINVAL, {7, 7}, {0, 0}},
	};
	static const char *const bad[] = {"x", "-1", "1-", "5-1", "65535", "99999999999", "1,",
		",1", "1 2", "1,,2", "1--2", "0-65535"};
	struct channel_span span;
	const char *at;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = rows[i].text;
		cr_assert_eq(channel_span_next(&at, &span), 1, "%s", rows[i].text);
		cr_expect_eq(span.first, rows[i].first.first);
		cr_expect_eq(span.last, rows[i].first.last);
		cr_assert_eq(channel_span_next(&at, &span), rows[i].ret, "%s", rows[i].text);
		cr_expect(rows[i].ret != 1 || span.last == rows[i].second.last);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret;

		at = bad[i];
		while ((ret = channel_span_next(&at, &span)) == 1)
			;
		cr_expect_eq(ret, -EINVAL, "%s", bad[i]);
	}
}

Test(client_number, takes_digits_within_bounds_only)
{
	uint64_t n = 9;

	cr_expect_eq(number_parse("0", 0, 5, &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(number_parse("18446744073709551615", 0, UINT64_MAX, &n), 0);
	cr_expect_eq(n, UINT64_MAX);
	n = 9;
	cr_expect_eq(number_parse("18446744073709551616", 0, UINT64_MAX, &n), -ERANGE);
	cr_expect_eq(number_parse("6", 0, 5, &n), -ERANGE);
	cr_expect_eq(number_parse("", 0, 5, &n), -EINVAL);
	cr_expect_eq(number_parse("-1", 0, 5, &n), -EINVAL);
	cr_expect_eq(number_parse("+1", 0, 5, &n), -EINVAL);
	cr_expect_eq(number_parse("1 ", 0, 5, &n), -EINVAL);
	cr_expect_eq(n, 9, "a failure changes nothing");
}
