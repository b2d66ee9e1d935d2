/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What may change while the threads run takes effect for those that come, and nobody is dropped. */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const ONE[] = {"https://one.example"};
static const char *const TWO[] = {"https://two.example"};

static struct rig start(unsigned max_per_source)
{
	return rig_start_with((struct fanout_config){.threads = 2,
				      .max_connections = 5,
				      .max_per_source = max_per_source,
				      .max_subscriptions = 3,
				      .handshake_seconds = 10,
				      .origins = ONE,
				      .n_origins = 1},
		false);
}

static struct fanout_settings as_started(void)
{
	return (struct fanout_settings){.max_connections = 5,
		.max_per_source = 5,
		.max_subscriptions = 3,
		.max_filters = RIG_FILTERS,
		.handshake_seconds = 10,
		.origins = ONE,
		.n_origins = 1};
}

static void change(const struct rig *rig, const struct fanout_settings *s)
{
	char report[FANOUT_REPORT_MAX];
	struct fanout_change *c;

	cr_assert_eq(fanout_prepare(rig->fanout, s, &c, report), 0);
	cr_assert_str_eq(report, "", "there is no TLS");
	fanout_change(rig->fanout, c);
}

static int subscribed(const struct rig *rig, const char *line)
{
	int fd = client_connect(rig->tcp, 0);

	client_send(fd, line);
	return fd;
}

static void expect_refusal(const struct rig *rig, const char *line, const char *words)
{
	char answer[200] = "";
	int fd = subscribed(rig, line);

	client_read_until(fd, "\n", answer, sizeof(answer));
	cr_expect_not_null(strstr(answer, words), "%s", answer);
	close(fd);
}

Test(fanout_settings, limits_are_for_those_who_come)
{
	struct rig rig = start(5);
	struct fanout_settings s = as_started();
	int fds[2];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 2; i++) {
		fds[i] = subscribed(&rig, "SUB 1\n");
		cr_assert_eq(client_frame(fds[i], 1, 50), 1);
	}
	s.max_subscriptions = 2;
	change(&rig, &s);
	expect_refusal(&rig, "SUB 1,2,3\n", "than the 2 that one connection may have");
	s.max_connections = 1;
	change(&rig, &s);
	expect_refusal(&rig, "", "too many");
	s.max_connections = 1000; // as many as at the start
	s.max_per_source = 1;
	change(&rig, &s);
	expect_refusal(&rig, "", "address");
	s.max_per_source = 0;
	change(&rig, &s);
	int third = subscribed(&rig, "SUB 1,2\n");
	cr_expect_eq(client_frame(third, 1, 50), 1);
	rig_publish(&rig, 1, 2, 50);
	for (unsigned i = 0; i < 2; i++) {
		cr_expect_eq(client_frame(fds[i], 1, 50), 2, "nobody was dropped");
		close(fds[i]);
	}
	close(third);
	rig_stop(&rig);
}

Test(fanout_settings, without_a_limit_of_one_address_at_the_start_there_is_none)
{
	struct rig rig = start(0);
	struct fanout_settings s = as_started();

	s.max_per_source = 1;
	change(&rig, &s);
	rig_publish(&rig, 1, 1, 50);
	int one = subscribed(&rig, "SUB 1\n"), two = subscribed(&rig, "SUB 1\n");
	cr_expect_eq(client_frame(one, 1, 50), 1);
	cr_expect_eq(client_frame(two, 1, 50), 1);
	close(one);
	close(two);
	rig_stop(&rig);
}

static unsigned status_for(const struct rig *rig, const char *origin)
{
	char request[200], head[2000] = "";
	unsigned status = 0;
	int fd = client_connect(rig->http, 0);

	snprintf(request, sizeof(request),
		"GET /v1/channels/1 HTTP/1.1\r\nHost: here\r\nOrigin: %s\r\n\r\n", origin);
	client_send(fd, request);
	client_read_until(fd, "\r\n\r\n", head, sizeof(head));
	sscanf(head, "HTTP/1.1 %u", &status);
	close(fd);
	return status;
}

Test(fanout_settings, pages_of_other_origins_may_read_then)
{
	struct rig rig = start(5);
	struct fanout_settings s = as_started();

	rig_publish(&rig, 1, 1, 50);
	cr_expect_eq(status_for(&rig, ONE[0]), 200);
	cr_expect_eq(status_for(&rig, TWO[0]), 403);
	s.origins = TWO;
	change(&rig, &s);
	cr_expect_eq(status_for(&rig, ONE[0]), 403);
	cr_expect_eq(status_for(&rig, TWO[0]), 200);
	s.n_origins = 0;
	change(&rig, &s);
	cr_expect_eq(status_for(&rig, ONE[0]), 200);
	rig_stop(&rig);
}

Test(fanout_settings, a_change_that_is_not_to_be_changes_nothing)
{
	struct rig rig = start(5);
	struct fanout_settings s = as_started();
	char report[FANOUT_REPORT_MAX];
	struct fanout_change *c;

	rig_publish(&rig, 1, 1, 50);
	s.origins = TWO;
	cr_assert_eq(fanout_prepare(rig.fanout, &s, &c, report), 0);
	fanout_change_drop(c);
	fanout_change_drop(NULL);
	cr_expect_eq(status_for(&rig, ONE[0]), 200);
	rig_stop(&rig);
}
