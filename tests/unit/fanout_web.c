/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What browsers want of HTTP: origins, preflights, streams that go on where they ended.
 */

#include "fanout/engine.h"
#include "fanout/sse.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const ALLOWED[] = {"https://example.com", "http://localhost:8080"};

static struct rig rig_with_origins(void)
{
	return rig_start_with((struct fanout_config){.threads = 1,
				      .max_connections = 100,
				      .handshake_seconds = 10,
				      .origins = ALLOWED,
				      .n_origins = 2},
		false);
}

/* The answer up to this end; the connection is closed. */
static const char *ask_until(struct rig *rig, const char *request, const char *end)
{
	static char answer[4096];
	int fd = client_connect(rig->http, 0);

	client_send(fd, request);
	client_read_until(fd, end, answer, sizeof(answer));
	close(fd);
	return answer;
}

/* Its head. */
static const char *ask(struct rig *rig, const char *request)
{
	return ask_until(rig, request, "\r\n\r\n");
}

static void expect_status(const char *head, int status)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "HTTP/1.1 %d ", status);
	cr_expect_eq(strncmp(head, wanted, strlen(wanted)), 0, "wanted %d, got %s", status, head);
}

#define HANDSHAKE                                                                  \
	"GET /v1/channels/1 HTTP/1.1\r\nHost: here:7780\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                     \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

Test(fanout_web, only_pages_of_the_listed_origins_read)
{
	static const struct {
		const char *origin;
		int status;
	} cases[] = {
		{"", 101},
		{"Origin: https://example.com\r\n", 101},
		{"Origin: HTTPS://Example.com\r\n", 101},
		{"Origin: http://here:7780\r\n", 101}, // a page of ours
		{"Origin: https://here:7780\r\n", 101},
		{"Origin: http://here:7781\r\n", 403},
		{"Origin: https://example.com.evil.example\r\n", 403},
		{"Origin: https://example.co\r\n", 403},
		{"Origin: http://example.com\r\n", 403},
		{"Origin: null\r\n", 403},
		{"Origin: https://example.com\r\nOrigin: https://example.com\r\n", 403},
	};
	struct rig rig = rig_with_origins();
	char request[512];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(request, sizeof(request), HANDSHAKE "%s\r\n", cases[i].origin);
		expect_status(ask(&rig, request), cases[i].status);
	}
	cr_expect_eq(rig_stats(&rig).refusals[FANOUT_REFUSED_origin], 6);
	rig_stop(&rig);
}

Test(fanout_web, the_origin_that_may_is_named)
{
	struct rig rig = rig_with_origins();
	const char *head;

	rig_publish(&rig, 1, 1, 50);
	head = ask(&rig,
		"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:8080\r\n\r\n");
	cr_expect_not_null(strstr(
		head, "Access-Control-Allow-Origin: http://localhost:8080\r\nVary: Origin\r\n"));
	head = ask(&rig, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nOrigin: https://example.com\r\n"
			 "Accept: text/event-stream\r\n\r\n");
	cr_expect_not_null(strstr(head, "Access-Control-Allow-Origin: https://example.com\r\n"));
	head = ask(&rig, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_expect_null(strstr(head, "Access-Control-Allow-Origin"));
	cr_expect_not_null(strstr(head, "Vary: Origin\r\n"));
	head = ask(&rig,
		"GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\nOrigin: https://other.example\r\n\r\n");
	expect_status(head, 403);
	cr_expect_null(strstr(head, "Access-Control-Allow-Origin"));
	rig_stop(&rig);
}

Test(fanout_web, a_preflight_is_answered)
{
	struct rig rig = rig_start(1, 0);
	const char *head = ask(&rig,
		"OPTIONS /v1/channels/1 HTTP/1.1\r\nHost: x\r\nOrigin: https://any.example\r\n"
		"Access-Control-Request-Method: GET\r\n"
		"Access-Control-Request-Headers: Last-Event-ID\r\n\r\n");

	expect_status(head, 204);
	cr_expect_not_null(strstr(head, "Access-Control-Allow-Origin: *\r\n"));
	cr_expect_not_null(strstr(head, "Access-Control-Allow-Methods: GET, HEAD\r\n"));
	cr_expect_not_null(strstr(head, "Access-Control-Allow-Headers: *\r\n"));
	cr_expect_null(strstr(head, "Content-Length"));
	rig_stop(&rig);
}

static int follow(struct rig *rig, const char *list, const char *last)
{
	int fd = client_connect(rig->http, 0);
	char text[512];

	snprintf(text, sizeof(text),
		"GET /v1/channels/%s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
		"Last-Event-ID: %s\r\n\r\n",
		list, last);
	client_send(fd, text);
	client_read_until(fd, "\r\n\r\n", text, sizeof(text));
	return fd;
}

static uint32_t next_event(int fd)
{
	char text[1024];
	unsigned window;

	client_read_until(fd, "\n\n", text, sizeof(text));
	cr_assert_eq(sscanf(text, "id: %u\n", &window), 1, "%s", text);
	return window;
}

Test(fanout_web, who_comes_back_gets_what_it_has_not_had)
{
	static const struct {
		const char *list, *last;
		uint32_t first;
	} cases[] = {
		{"1", "7", 8},                // it has had the newest
		{"1", "6", 7}, {"1", "9", 7}, // of another run: the newest is what there is
		{"1", "", 7}, {"1", "seven", 7}, {"1", "99999999999", 7},
		{"1,2", "7", 7}, // it may have had that of one only
	};
	struct rig rig = rig_start(1, 0);
	int fds[sizeof(cases) / sizeof(cases[0])];

	rig_publish(&rig, 1, 7, 50);
	rig_publish(&rig, 2, 7, 50);
	int seen = follow(&rig, "2", "");
	cr_assert_eq(next_event(seen), 7);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fds[i] = follow(&rig, cases[i].list, cases[i].last);
		if (cases[i].first == 7)
			cr_expect_eq(next_event(fds[i]), 7, "%s", cases[i].last);
	}
	rig_await(&rig, offsetof(struct fanout_stats, sse), 1 + sizeof(cases) / sizeof(cases[0]));
	rig_publish(&rig, 1, 8, 50);
	cr_expect_eq(next_event(fds[0]), 8);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		close(fds[i]);
	close(seen);
	rig_stop(&rig);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

Test(fanout_web, what_is_out_of_date_says_so)
{
	struct rig rig = rig_start(1, 0);
	uint64_t now = now_ms();

	fanout_document_until(
		rig.fanout, "/healthz", "application/json", "fresh", now + 60000, "stale");
	expect_status(ask_until(&rig, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "fresh"), 200);
	fanout_document_until(
		rig.fanout, "/healthz", "application/json", "fresh", now - 1, "stale");
	expect_status(ask_until(&rig, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "stale"), 503);
	fanout_document(rig.fanout, "/healthz", "application/json", "{}", 2);
	expect_status(ask(&rig, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
	rig_stop(&rig);
}

/* Without its thread: nothing is submitted. */
Test(fanout_web, a_silent_stream_is_kept_alive_by_comments)
{
	struct engine_thread *t = calloc(1, sizeof(*t));
	char error[256];

	t->stamp = 5;
	cr_assert_eq(ring_init(&t->ring, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(connection_table_init(&t->connections, 1), 0);
	struct connection *c = t->connections.slots;
	c->thread = t;
	c->protocol = &sse_protocol;
	sse_begin(c);
	cr_assert_neq(c->deadline, 0);
	sse_protocol.on_deadline(c);
	cr_assert_null(c->out, "something came since it began");
	sse_protocol.on_deadline(c);
	cr_assert_not_null(c->out, "nothing did");
	cr_assert_eq(c->out->len, 3);
	cr_assert_arr_eq(c->out->bytes, ":\n\n", 3);
	cr_assert(c->sending);
	sse_protocol.on_deadline(c);
	cr_assert_null(c->next, "it has not even taken the first");
	buffer_unref(c->out);
	ring_fini(&t->ring);
	connection_table_fini(&t->connections);
	free(t);
}
