/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Whatever is refused is counted under its reason, and told to the client with the status that
 * belongs to it.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "Host: x\r\nConnection: close\r\n\r\n"
#define HANDSHAKE \
	"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

static const struct {
	bool http;
	const char *text;
	enum fanout_refusal reason;
} cases[] = {
	{false, "SUB 9\n", FANOUT_REFUSED_unknown_channel},
	{false, "SUB one\n", FANOUT_REFUSED_bad_line},
	{false, "GET / HTTP/1.1\r\n", FANOUT_REFUSED_bad_line},
	{false, "SUB 1", FANOUT_REFUSED_bad_line},
	{true, "GET /v1/channels/9 HTTP/1.1\r\n" HOST, FANOUT_REFUSED_unknown_channel},
	{true, "GET /v1/channels/one HTTP/1.1\r\n" HOST, FANOUT_REFUSED_bad_channels},
	{true, "GET /v1/channels/1 HTTP/1.1\r\n" HOST, FANOUT_REFUSED_no_frame},
	{true, "GET /none HTTP/1.1\r\n" HOST, FANOUT_REFUSED_not_found},
	{true, "PUT / HTTP/1.1\r\n" HOST, FANOUT_REFUSED_method},
	{true, "GET / HTTP/1.1\r\nContent-Length: 5\r\n" HOST, FANOUT_REFUSED_body},
	{true, "GET / HTTP/1.1\r\n\r\n", FANOUT_REFUSED_bad_request},
	{true, "GET / HTTP/2.0\r\n" HOST, FANOUT_REFUSED_http_version},
	{true, "GET /v1/channels/1 HTTP/1.1\r\nUpgrade: websocket\r\n" HOST,
		FANOUT_REFUSED_websocket_version},
	{true, "GET /v1/channels/1 HTTP/1.1\r\n" HANDSHAKE "\r\n",
		FANOUT_REFUSED_websocket_handshake},
	{true, "GET /v1/channels/1 HTTP/1.1\r\n" HANDSHAKE KEY "\x81\x01x",
		FANOUT_REFUSED_websocket_frame},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void check_answer(unsigned i, const char *answer)
{
	int wanted = fanout_refusal_status(cases[i].reason), status = 0;

	if (!cases[i].http) {
		cr_expect_eq(strncmp(answer, "ERR ", 4), 0, "%s: %s", cases[i].text, answer);
		return;
	}
	cr_assert_eq(sscanf(answer, "HTTP/1.1 %d ", &status), 1, "%s: %s", cases[i].text, answer);
	cr_expect_eq(status, wanted == 0 ? 101 : wanted, "%s: %s", cases[i].text, answer);
}

static void check_counts(const struct rig *rig, const uint64_t wanted[static FANOUT_REFUSALS])
{
	struct fanout_stats stats = rig_stats(rig);
	uint64_t sum = 0;

	for (unsigned r = 0; r < FANOUT_REFUSALS; r++) {
		sum += stats.refusals[r];
		cr_expect_eq(stats.refusals[r], wanted[r], "%s",
			fanout_refusal_name((enum fanout_refusal)r));
	}
	cr_expect_eq(stats.refused, sum);
}

Test(fanout_refusals, each_is_counted_under_its_reason)
{
	struct rig rig = rig_start(2, 0);
	uint64_t wanted[FANOUT_REFUSALS] = {0};
	char answer[4096];

	for (unsigned i = 0; i < CASES; i++) {
		int fd = client_connect(cases[i].http ? rig.http : rig.tcp, 0);

		client_send(fd, cases[i].text);
		shutdown(fd, SHUT_WR);
		client_read_all(fd, answer, sizeof(answer));
		check_answer(i, answer);
		wanted[cases[i].reason]++;
		close(fd);
	}
	check_counts(&rig, wanted);
	rig_stop(&rig);
}

Test(fanout_refusals, each_has_a_name_a_text_and_a_status_that_http_knows)
{
	for (unsigned r = 0; r < FANOUT_REFUSALS; r++) {
		enum fanout_refusal reason = (enum fanout_refusal)r;
		int status = fanout_refusal_status(reason);

		cr_expect_gt(strlen(fanout_refusal_name(reason)), 0);
		cr_expect_gt(strlen(fanout_refusal_text(reason)), 0);
		cr_expect(status == 0 || (status >= 400 && status < 600), "%d", status);
	}
}
