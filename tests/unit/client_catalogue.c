/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The catalogue comes from a stranger: what is wrong in it is named, and goes no further. */

#include "client/catalogue.h"
#include "client/crowd/audience.h"
#include "client/http_get.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct catalogue c;
static char why[CATALOGUE_WHY_MAX];

static int parse(const char *json)
{
	return catalogue_parse(json, strlen(json), &c, why);
}

#define R1 "{\"reaction\":7,\"name\":\"fire\",\"emoji\":\"🔥\",\"weight\":0.6}"
#define C1 "{\"channel\":1,\"name\":\"final\",\"parent\":null}"
#define WHOLE(reactions, channels)                                                                 \
	"{\"reactions\":[" reactions "],\"channels\":[" channels "],\"window_ms\":500,\"ports\":{" \
	"}}"

Test(client_catalogue, reads_a_catalogue)
{
	cr_assert_eq(parse(WHOLE(R1 ",{\"reaction\":3,\"name\":\"x\",\"emoji\":null,\"weight\":-1}",
			     "{\"channel\":9,\"name\":\"z\",\"parent\":1}," C1)),
		0, "%s", why);
	cr_expect_eq(c.reactions, 2);
	cr_expect_str_eq(catalogue_reaction(&c, 7)->emoji, "🔥");
	cr_expect_eq(catalogue_reaction(&c, 7)->weight, 0.6);
	cr_expect_str_eq(catalogue_reaction(&c, 3)->emoji, "");
	cr_expect_null(catalogue_reaction(&c, 8));
	cr_expect_eq(c.channels, 2);
	cr_expect_str_eq(catalogue_channel(&c, 1)->name, "final");
	cr_expect_eq(catalogue_channel(&c, 1)->parent, -1);
	cr_expect_eq(catalogue_channel(&c, 9)->parent, 1);
	cr_expect_null(catalogue_channel(&c, 2));
	cr_expect_eq(c.window_ms, 500);
	catalogue_free(&c);
	cr_expect_null(catalogue_channel(&c, 1));
}

Test(client_catalogue, refuses_hostile_documents)
{
	static const char *const hostile[] = {
		"",
		"[]",
		"null",
		"7",
		"{",
		"{\"reactions\":{},\"channels\":[]}",
		WHOLE("", C1),
		WHOLE(R1, ""),
		WHOLE(R1 "," R1, C1),
		WHOLE(R1, C1 "," C1),
		WHOLE("7", C1),
		WHOLE("{}", C1),
		WHOLE(R1, "null"),
		WHOLE("{\"reaction\":256}", C1),
		WHOLE("{\"reaction\":-1}", C1),
		WHOLE("{\"reaction\":\"7\"}", C1),
		WHOLE("{\"reaction\":7.0}", C1),
		WHOLE("{\"reaction\":1,\"weight\":1.5}", C1),
		WHOLE("{\"reaction\":1,\"weight\":\"1\"}", C1),
		WHOLE("{\"reaction\":1,\"weight\":1e999}", C1),
		WHOLE("{\"reaction\":1,\"reaction\":2}", C1),
		WHOLE("{\"reaction\":1,\"emoji\":[]}", C1),
		WHOLE("{\"reaction\":1,\"emoji\":\"\\u001b[2J\"}", C1),
		WHOLE("{\"reaction\":1,\"name\":\"a\\u009b\"}", C1),
		WHOLE("{\"reaction\":1,\"name\":\"a\\u202eb\"}", C1),
		WHOLE("{\"reaction\":1,\"name\":\"a\\nb\"}", C1),
		WHOLE("{\"reaction\":1,\"name\":\"a\\u0000b\"}", C1),
		WHOLE("{\"reaction\":1,\"emoji\":\"🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥\"}", C1),
		WHOLE(R1, "{\"channel\":65535}"),
		WHOLE(R1, "{\"channel\":1,\"parent\":\"x\"}"),
		WHOLE(R1, "{\"channel\":1,\"parent\":70000}"),
		"{\"reactions\":[" R1 "],\"channels\":[" C1 "],\"window_ms\":1}",
		"{\"reactions\":[" R1 "],\"channels\":[" C1 "],\"window_ms\":\"2000\"}",
	};

	for (unsigned i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		why[0] = '\0';
		cr_expect_eq(parse(hostile[i]), -EINVAL, "%s", hostile[i]);
		cr_expect_neq(why[0], '\0', "%s", hostile[i]);
		cr_expect_null(c.channel, "%s", hostile[i]);
	}
}

Test(client_catalogue, every_cut_document_is_refused)
{
	static const char whole[] = WHOLE(R1, C1);

	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		cr_expect_eq(catalogue_parse(whole, len, &c, why), -EINVAL, "%zu", len);
}

Test(client_catalogue, deep_nesting_is_refused)
{
	static char deep[100001];

	memset(deep, '[', sizeof(deep) - 1);
	cr_expect_eq(parse(deep), -EINVAL);
}

Test(client_catalogue, the_crowd_leaves_channel_0_and_parents_alone)
{
	struct audience a;

	cr_assert_eq(parse(WHOLE(R1, "{\"channel\":4},{\"channel\":0},{\"channel\":1},{\"channel\":"
				     "2,\"parent\":1}")),
		0);
	audience_choose(&c, &a);
	cr_assert_eq(a.n, 2);
	cr_expect_eq(a.channels[0], 2);
	cr_expect_eq(a.channels[1], 4);
	catalogue_free(&c);
}

static int body_of(const char *answer, char *out)
{
	const char *body;
	size_t len;
	int ret = http_answer_body(answer, strlen(answer), &body, &len);

	if (ret == 0) {
		memcpy(out, body, len);
		out[len] = '\0';
	}
	return ret;
}

Test(client_http, finds_the_body_of_good_answers_only)
{
	char body[64];

	cr_expect_eq(body_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", body), 0);
	cr_expect_str_eq(body, "ab");
	cr_expect_eq(body_of("HTTP/1.0 200 OK\r\n\r\nabc", body), 0);
	cr_expect_str_eq(body, "abc");
	cr_expect_eq(body_of("HTTP/1.1 404 Not Found\r\n\r\n", body), -ENOENT);
	cr_expect_eq(body_of("HTTP/1.1 503 Busy\r\n\r\n", body), -EPROTO);
	cr_expect_eq(body_of("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", body), -EPROTO);
	cr_expect_eq(body_of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", body),
		-EPROTO);
	cr_expect_eq(body_of("HTTP/1.1 200 OK\r\nContent-Length: 0", body), -EPROTO);
	cr_expect_eq(body_of("", body), -EPROTO);
	cr_expect_eq(body_of("ERR\n", body), -EPROTO);
}
