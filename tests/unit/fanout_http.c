/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct answer {
	char head[2048];
	char body[65536];
	size_t len;
};

/* Reads one answer with a Content-Length. */
static int read_answer(int fd, struct answer *a, bool has_body)
{
	int status;

	client_read_until(fd, "\r\n\r\n", a->head, sizeof(a->head));
	cr_assert_eq(sscanf(a->head, "HTTP/1.1 %d ", &status), 1, "%s", a->head);
	const char *length = strstr(a->head, "Content-Length: ");
	cr_assert_not_null(length, "%s", a->head);
	a->len = strtoul(length + 16, NULL, 10);
	cr_assert_lt(a->len, sizeof(a->body));
	if (has_body)
		client_read(fd, a->body, a->len);
	a->body[has_body ? a->len : 0] = '\0';
	return status;
}

static struct answer answer;

static int get(int fd, const char *path)
{
	char request[512];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	client_send(fd, request);
	return read_answer(fd, &answer, true);
}

Test(fanout_http, documents_are_served_and_replaced)
{
	struct rig rig = rig_start(2, 0);
	int fd = client_connect(rig.http, 0);

	cr_assert_eq(get(fd, "/"), 404);
	cr_assert_eq(fanout_document(rig.fanout, "/", "text/html; charset=utf-8", "<p>one", 6), 0);
	cr_assert_eq(fanout_document(rig.fanout, "/v1/catalogue", "application/json", "{}", 2), 0);
	cr_assert_eq(get(fd, "/?x=1"), 200);
	cr_assert_str_eq(answer.body, "<p>one");
	cr_assert_not_null(strstr(answer.head, "Content-Type: text/html; charset=utf-8\r\n"));
	cr_assert_not_null(strstr(answer.head, "Content-Security-Policy: default-src 'self'"));
	cr_assert_not_null(strstr(answer.head, "X-Content-Type-Options: nosniff\r\n"));
	cr_assert_not_null(strstr(answer.head, "\r\nDate: "));
	cr_assert_null(strstr(answer.head, "Access-Control-Allow-Origin"));
	cr_assert_eq(fanout_document(rig.fanout, "/", "text/html", "<p>two!", 7), 0);
	cr_assert_eq(get(fd, "/"), 200);
	cr_assert_str_eq(answer.body, "<p>two!");
	cr_assert_eq(get(fd, "/v1/catalogue"), 200);
	cr_assert_not_null(strstr(answer.head, "Access-Control-Allow-Origin: *\r\n"));
	client_send(fd, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_assert_eq(read_answer(fd, &answer, false), 200);
	cr_assert_eq(answer.len, 7);
	client_send(fd, "HEAD /no HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_assert_eq(read_answer(fd, &answer, false), 404, "a refusal has no body, either");
	cr_assert_eq(get(fd, "/no"), 404);
	cr_assert_not_null(strstr(answer.body, "nothing at this path"));
	cr_assert_eq(rig_stats(&rig).http, 1, "one connection served them all");
	close(fd);
	rig_stop(&rig);
}

Test(fanout_http, a_channel_has_documents_below_it_also_when_it_is_closed)
{
	struct rig rig = rig_start(2, 0);
	int fd = client_connect(rig.http, 0);

	cr_assert_eq(get(fd, "/v1/channels/1/timeline"), 404);
	cr_assert_eq(fanout_document(
			     rig.fanout, "/v1/channels/1/timeline", "application/json", "[1]", 3),
		0);
	cr_assert_eq(get(fd, "/v1/channels/1/timeline"), 200);
	cr_assert_str_eq(answer.body, "[1]");
	fanout_close_channel(rig.fanout, 1);
	cr_assert_eq(get(fd, "/v1/channels/1/timeline"), 200);
	cr_assert_eq(get(fd, "/v1/channels/1/"), 404);
	close(fd);
	rig_stop(&rig);
}

/* However little of it the threads have taken notice of meanwhile. */
Test(fanout_http, a_channel_that_is_opened_again_begins_without_its_last_frame)
{
	struct rig rig = rig_start(2, 0);
	int fd = client_connect(rig.http, 0);

	for (uint32_t window = 1; window <= 200; window++) {
		rig_publish(&rig, 1, window, 50);
		if (window % 2 == 0)
			fanout_close_channel(rig.fanout, 1);
		if (window % 4 == 0)
			cr_assert_eq(get(fd, "/v1/channels/1"), 404, "it is closed");
		if (window % 2 == 1)
			continue;
		fanout_open_channel(rig.fanout, 1);
		cr_assert_eq(get(fd, "/v1/channels/1"), 503, "no frame yet, in window %u", window);
	}
	rig_publish(&rig, 1, 1000, 50);
	int sub = client_connect(rig.tcp, 0);
	client_send(sub, "SUB 1\n");
	cr_expect_eq(client_frame(sub, 1, 50), 1000);
	close(sub);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_http, there_is_room_for_a_document_of_each_of_thousands_of_channels)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0), ret = 0;
	char path[64], text[16];
	unsigned n = 0;

	for (; ret == 0; n += ret == 0) {
		snprintf(path, sizeof(path), "/v1/channels/%u/timeline", n);
		ret = fanout_document(rig.fanout, path, "text/plain", text,
			(size_t)snprintf(text, sizeof(text), "%u", n));
	}
	cr_assert_eq(ret, -ENOSPC);
	cr_assert_geq(n, 4096);
	for (unsigned i = 0; i < n; i += 97) {
		snprintf(path, sizeof(path), "/v1/channels/%u/timeline", i);
		cr_assert_eq(get(fd, path), 200);
		cr_assert_eq((unsigned)atoi(answer.body), i);
	}
	close(fd);
	rig_stop(&rig);
}

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

Test(fanout_http, a_document_that_nobody_asked_for_is_kept_once_for_all_threads)
{
	enum { THREADS = 8, DOCUMENTS = 64 };
	static char text[32 << 10];
	struct rig rig = rig_start(THREADS, 0);
	size_t before = heap();
	char path[64];

	memset(text, 'x', sizeof(text));
	for (unsigned i = 0; i < 2 * DOCUMENTS; i++) {
		snprintf(path, sizeof(path), "/v1/channels/%u/timeline", i % DOCUMENTS);
		fanout_document(rig.fanout, path, "text/plain", text, sizeof(text));
	}
	cr_expect_lt(heap() - before, 2 * DOCUMENTS * sizeof(text));
	text[0] = 'y';
	fanout_document(rig.fanout, "/v1/channels/0/timeline", "text/plain", text, sizeof(text));
	for (unsigned i = 0; i < 4 * THREADS; i++) {
		int fd = client_connect(rig.http, 0);

		cr_assert_eq(get(fd, "/v1/channels/0/timeline"), 200);
		cr_expect_eq(answer.len, sizeof(text));
		cr_expect_eq(answer.body[0], 'y', "of whichever thread");
		close(fd);
	}
	rig_stop(&rig);
}

Test(fanout_http, the_newest_frame_is_read_by_get)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0);
	char wanted[512];

	cr_assert_eq(get(fd, "/v1/channels/1"), 503);
	cr_assert_not_null(strstr(answer.head, "Retry-After: 1\r\n"));
	cr_assert_eq(get(fd, "/v1/channels/9"), 404);
	cr_assert_str_eq(answer.body, "unknown channel 9\n");
	cr_assert_eq(get(fd, "/v1/channels/x"), 404);
	cr_assert_eq(get(fd, "/v1/channels/1,2"), 400);
	rig_publish(&rig, 1, 41, 180);
	rig_publish(&rig, 1, 42, 180);
	strcpy(wanted + rig_json(wanted, 1, 42, 180), "\n");
	do { // the flush is on its way
		cr_assert_eq(get(fd, "/v1/channels/1") / 100 % 3, 2);
	} while (strstr(answer.body, ":42") == NULL);
	cr_assert_str_eq(answer.body, wanted);
	cr_assert_not_null(strstr(answer.head, "Content-Type: application/json\r\n"));
	cr_assert_not_null(strstr(answer.head, "Access-Control-Allow-Origin: *\r\n"));
	close(fd);
	rig_stop(&rig);
}

Test(fanout_http, pipelined_requests_are_answered_in_order)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0);
	static char big[60000];
	char all[70000];

	memset(big, 'b', sizeof(big));
	fanout_document(rig.fanout, "/big", "text/plain", big, sizeof(big));
	fanout_document(rig.fanout, "/a", "text/plain", "a", 1);
	for (unsigned i = 0; i < 50; i++)
		client_send(fd,
			"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	client_send(fd,
		"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n");
	for (unsigned i = 0; i < 50; i++) {
		cr_assert_eq(read_answer(fd, &answer, true), 200);
		cr_assert_str_eq(answer.body, "a");
		cr_assert_eq(read_answer(fd, &answer, true), 200);
		cr_assert_eq(answer.len, sizeof(big));
		cr_assert_eq(memcmp(answer.body, big, sizeof(big)), 0);
	}
	client_read_all(fd, all, sizeof(all));
	cr_assert_not_null(strstr(all, "Connection: close\r\n"));
	cr_assert_null(strstr(all + 10, "HTTP/1.1 "), "nothing behind the last answer");
	close(fd);
	rig_stop(&rig);
}

Test(fanout_http, a_request_may_come_byte_by_byte_and_half_closed)
{
	static const char request[] = "GET /big HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 2048);
	static char big[1000000], all[1100000];

	memset(big, 'b', sizeof(big));
	fanout_document(rig.fanout, "/big", "text/plain", big, sizeof(big));
	for (unsigned i = 0; i < sizeof(request) - 1; i++)
		client_send_bytes(fd, request + i, 1);
	shutdown(fd, SHUT_WR);
	size_t len = client_read_all(fd, all, sizeof(all));
	cr_assert_gt(len, sizeof(big));
	cr_assert_eq(memcmp(all + len - sizeof(big), big, sizeof(big)), 0);
	close(fd);
	rig_stop(&rig);
}

/* A client that asks without end and never reads is held back by TCP, not by our memory. */
Test(fanout_http, requests_without_reading_are_not_taken)
{
	static const char request[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 2048), other = client_connect(rig.http, 0);
	static char big[60000];
	unsigned sent = 0;

	fanout_document(rig.fanout, "/big", "text/plain", big, sizeof(big));
	fanout_document(rig.fanout, "/a", "text/plain", "a", 1);
	while (send(fd, request, sizeof(request) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		cr_assert_lt(++sent, 10000000);
	cr_assert_eq(get(other, "/a"), 200, "and holds nobody up");
	close(fd);
	close(other);
	rig_stop(&rig);
}

Test(fanout_http, what_is_wrong_is_said)
{
	static const struct {
		const char *request;
		int status;
		bool ends;
	} cases[] = {
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", 405, true},
		{"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405, false},
		{"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413,
			true},
		{"GET / HTTP/1.1\r\n\r\n", 400, true},
		{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, true},
		{"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, true},
		{"GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400, true},
		{"nonsense\r\n\r\n", 400, true},
		{"GET / HTTP/3.0\r\n\r\n", 505, true},
		{"GET / HTTP/1.0\r\n\r\n", 404, true},
		{"\x16\x03\x01", 400, true},
	};
	struct rig rig = rig_start(1, 0);

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = client_connect(rig.http, 0);
		char rest[16];

		client_send(fd, cases[i].request);
		cr_assert_eq(
			read_answer(fd, &answer, true), cases[i].status, "%s", cases[i].request);
		cr_assert_gt(answer.len, 10, "with a sentence");
		if (cases[i].status == 405)
			cr_assert_not_null(strstr(answer.head, "Allow: GET, HEAD, OPTIONS\r\n"));
		if (cases[i].ends)
			cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
		close(fd);
	}
	rig_stop(&rig);
}

Test(fanout_http, oversized_heads_are_refused_whole)
{
	struct rig rig = rig_start(1, 0);
	static char head[20000];

	memset(head, 'a', sizeof(head) - 1);
	memcpy(head, "GET /", 5);
	int fd = client_connect(rig.http, 0);
	client_send(fd, head);
	cr_assert_eq(read_answer(fd, &answer, true), 414);
	close(fd);
	memcpy(head, "GET / HTTP/1.1\r\nA: ", 19);
	fd = client_connect(rig.http, 0);
	client_send(fd, head);
	cr_assert_eq(read_answer(fd, &answer, true), 431);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_http, events_are_streamed_with_the_window_as_id)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.http, 0);
	char json[512], wanted[1024], head[2048], rest[64];

	rig_publish(&rig, 1, 5, 180);
	rig_publish(&rig, 2, 5, 180);
	client_send(fd,
		"GET /v1/channels/1,2 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
	shutdown(fd, SHUT_WR);
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	cr_assert_eq(strncmp(head, "HTTP/1.1 200 OK\r\n", 17), 0);
	cr_assert_not_null(strstr(head, "Content-Type: text/event-stream\r\n"));
	cr_assert_not_null(strstr(head, "Access-Control-Allow-Origin: *\r\n"));
	cr_assert_not_null(strstr(head, "Connection: close\r\n"));
	cr_assert_null(strstr(head, "Content-Length"));
	for (uint32_t window = 5; window <= 10; window++) {
		for (uint16_t channel = 1; channel <= 2; channel++) {
			if (window > 5)
				rig_publish(&rig, channel, window, 180);
			rig_json(json, channel, window, 180);
			snprintf(wanted, sizeof(wanted), "id: %u\ndata: %s\n\n", window, json);
			client_expect(fd, wanted);
		}
	}
	cr_assert_eq(rig_stats(&rig).sse, 1);
	fanout_close_channel(rig.fanout, 1);
	fanout_close_channel(rig.fanout, 2);
	cr_assert_eq(client_read_all(fd, rest, sizeof(rest)), 0);
	close(fd);
	rig_stop(&rig);
}
