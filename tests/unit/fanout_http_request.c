/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/http_request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *head, struct http_request *out)
{
	return http_request_parse(head, strlen(head), out);
}

Test(fanout_http_request, a_request_of_a_browser_is_understood)
{
	static const char head[] = "GET /v1/channels/1,2?format=json&x=%20 HTTP/1.1\r\n"
				   "Host: 127.0.0.1:7780\r\n"
				   "connection: keep-alive, Upgrade\r\n"
				   "Upgrade: foo, WebSocket\r\n"
				   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				   "Sec-WebSocket-Version:13\r\n"
				   "Accept: text/html, Text/Event-Stream;q=0.9\r\n\r\n";
	struct http_request request;
	struct slice format;

	cr_assert_eq(parse(head, &request), (int)sizeof(head) - 1);
	cr_assert_eq(request.method, HTTP_GET);
	cr_assert_eq(request.minor, 1);
	cr_assert(slice_is(request.path, "/v1/channels/1,2"));
	cr_assert(http_query_get(request.query, "format", &format));
	cr_assert(slice_is(format, "json"));
	cr_assert_not(http_query_get(request.query, "forma", &format));
	cr_assert(request.upgrade && request.websocket && request.event_stream);
	cr_assert_not(request.close);
	cr_assert(slice_is(request.websocket_key, "dGhlIHNhbXBsZSBub25jZQ=="));
	cr_assert(slice_is(request.websocket_version, "13"));
}

Test(fanout_http_request, every_beginning_of_a_head_waits_for_more)
{
	static const char head[] = "\r\nHEAD http://host:1/a HTTP/1.0\nHost: x\r\nA:\r\n\nGET";
	struct http_request request;

	for (size_t len = 0; len < sizeof(head) - 4; len++)
		cr_assert_eq(http_request_parse(head, len, &request), 0, "%zu bytes", len);
	cr_assert_eq(parse(head, &request), (int)sizeof(head) - 4);
	cr_assert_eq(request.method, HTTP_HEAD);
	cr_assert_eq(request.minor, 0);
	cr_assert(slice_is(request.path, "/a"));
}

Test(fanout_http_request, what_is_malformed_is_refused_with_its_status)
{
	static const struct {
		const char *head;
		int status;
	} wrong[] = {
		{"GET /\r\n\r\n", -400},
		{"GET / HTTP/2.0\r\n\r\n", -505},
		{"GET / HTTP/1.11\r\n\r\n", -400},
		{"GET / http/1.1\r\n\r\n", -400},
		{"GET  / HTTP/1.1\r\n\r\n", -400},
		{"GET / HTTP/1.1 \r\n\r\n", -400},
		{"GET x HTTP/1.1\r\n\r\n", -400},
		{"G\x01T / HTTP/1.1\r\n\r\n", -400},
		{"GET /\x7f HTTP/1.1\r\n\r\n", -400},
		{"\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nHost : x\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nHost\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\n: x\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", -400},
		{"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", -400},
		{"\x16\x03\x01\x02", -400},
	};
	struct http_request request;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(parse(wrong[i].head, &request), wrong[i].status, "%s", wrong[i].head);
}

Test(fanout_http_request, heads_are_bounded)
{
	static char head[3 * HTTP_HEAD_MAX];
	struct http_request request;

	memset(head, 'a', sizeof(head));
	memcpy(head, "GET /", 5);
	cr_assert_eq(http_request_parse(head, HTTP_TARGET_MAX, &request), 0);
	cr_assert_eq(http_request_parse(head, HTTP_HEAD_MAX, &request), -414);
	memcpy(head + HTTP_TARGET_MAX + 10, " HTTP/1.1\r\n", 11);
	cr_assert_eq(http_request_parse(head, HTTP_HEAD_MAX, &request), -414);
	memcpy(head, "GET / HTTP/1.1\r\nA: ", 19);
	memset(head + 19, 'a', sizeof(head) - 19);
	cr_assert_eq(http_request_parse(head, HTTP_HEAD_MAX - 1, &request), 0);
	cr_assert_eq(http_request_parse(head, HTTP_HEAD_MAX, &request), -431);
	cr_assert_eq(http_request_parse(head, sizeof(head), &request), -431);
	for (unsigned i = 16; i + 4 <= HTTP_HEAD_MAX; i += 4)
		memcpy(head + i, "a:\r\n", 4);
	cr_assert_eq(http_request_parse(head, HTTP_HEAD_MAX, &request), -431);
}

Test(fanout_http_request, tokens_of_a_list_are_whole_words)
{
	cr_assert(http_list_has((struct slice){"a, close ,b", 11}, "close"));
	cr_assert_not(http_list_has((struct slice){"closed", 6}, "close"));
	cr_assert_not(http_list_has((struct slice){"clos", 4}, "close"));
	cr_assert_not(http_list_has((struct slice){"", 0}, "close"));
}

Test(fanout_http_request, of_a_target_in_absolute_form_the_authority_ends_where_it_ends)
{
	static const struct {
		const char *target, *authority, *path, *query;
	} rows[] = {
		{"http://h/healthz", "h", "/healthz", ""},
		{"HTTPS://h:7743/a?b=c", "h:7743", "/a", "b=c"},
		{"http://h?q=/healthz", "h", "/", "q=/healthz"},
		{"http://h?x=1", "h", "/", "x=1"},
		{"http://h", "h", "/", ""},
		{"/a?b=http://h/c", "", "/a", "b=http://h/c"},
	};
	static const char *const bad[] = {"http:///a", "https://?x", "ftp://h/a", "/a#b",
		"http://h#b", "http://u@h/a", "http://h:x/"};
	struct http_request r;
	char head[256];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int len = snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: other\r\n\r\n",
			rows[i].target);

		cr_assert_eq(http_request_parse(head, (size_t)len, &r), len, "%s", head);
		cr_expect(slice_is(r.authority, rows[i].authority), "%s", head);
		cr_expect(slice_is(r.path, rows[i].path), "%s", head);
		cr_expect(slice_is(r.query, rows[i].query), "%s", head);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int len =
			snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", bad[i]);

		cr_expect_eq(http_request_parse(head, (size_t)len, &r), -400, "%s", head);
	}
}

Test(fanout_http_request, a_host_is_a_host)
{
	static const char *const good[] = {"x", "example.com", "example.com:7780", "127.0.0.1:80",
		"[::1]", "[2001:db8::1]:7780", "a_b-c.example", "x:", "", "%41.example"};
	static const char *const bad[] = {"a b", "a/b", "a@b", "a:b", "a:1:2", "a,b c", "::1", "[]",
		"[::1", "[::1]x", "[a]b:1", "a?b", "a#b", "a\\b", "\"a\"", "\xc3\xa4", "<x>",
		"a\tb"};
	struct http_request r;
	char head[256];

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int len =
			snprintf(head, sizeof(head), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", good[i]);

		cr_expect_eq(http_request_parse(head, (size_t)len, &r), len, "%s", head);
		cr_expect(slice_is(r.host, good[i]), "%s", head);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int len =
			snprintf(head, sizeof(head), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);

		cr_expect_eq(http_request_parse(head, (size_t)len, &r), -400, "%s", head);
	}
}
