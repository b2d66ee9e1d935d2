/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A request head. Given more and more of its bytes, the parser asks for more until it has a head
 * or has found a fault, and then says what it says of all of them.
 */

#include "fanout/http_request.h"
#include "fuzz_check.h"

#include <string.h>

static bool within(struct slice s, const char *in, size_t len)
{
	return s.at == NULL || s.len == 0 || (s.at >= in && s.at + s.len <= in + len);
}

static void check(const char *in, size_t len, int ret, const struct http_request *r)
{
	static const char path[] = "/"; // of a target in absolute form that has none
	struct slice value;

	CHECK(ret <= (int)len && ret <= HTTP_HEAD_MAX);
	CHECK(ret >= 0 || ret == -400 || ret == -414 || ret == -431 || ret == -505);
	if (ret <= 0)
		return;
	CHECK(r->path.len > 0 && (r->path.at[0] == '/' || r->path.at[0] == '*'));
	CHECK(within(r->path, in, len) || memcmp(r->path.at, path, 1) == 0);
	CHECK(within(r->query, in, len) && within(r->host, in, len) && within(r->origin, in, len));
	CHECK(within(r->websocket_key, in, len) && within(r->websocket_version, in, len));
	CHECK(within(r->last_event, in, len));
	if (http_query_get(r->query, "format", &value))
		CHECK(within(value, in, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *in = malloc(len + 1); // so that a byte too many is seen
	struct http_request whole, part;

	if (in == NULL || len > 2 * HTTP_HEAD_MAX) {
		free(in);
		return 0;
	}
	memcpy(in, data, len);
	int ret = http_request_parse(in, len, &whole);
	check(in, len, ret, &whole);
	size_t enough = 0;
	int first = 0;
	/* Heads of some length are looked at in steps, or it takes for ever. */
	for (size_t step = len / 64 + 1; first == 0 && enough < len;) {
		enough = enough + step < len ? enough + step : len;
		first = http_request_parse(in, enough, &part);
		check(in, enough, first, &part);
	}
	CHECK(ret == 0 || first != 0);
	if (ret > 0)
		CHECK(first == ret && part.method == whole.method && part.hosts == whole.hosts);
	if (first > 0)
		CHECK(ret == first);
	free(in);
	return 0;
}
