/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The answer to `slowest`: it is waited for, but not for ever.
 */

#include "control/control_socket.h"
#include "control/slowest_json.h"
#include "fanout/fanout.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static uint64_t asked_ns;
static unsigned asked;
static unsigned there;
static bool complete;

void __wrap_fanout_ask_slowest(struct fanout *f);
void __wrap_fanout_ask_slowest(struct fanout *f)
{
	asked++;
}

bool __wrap_fanout_slowest(
	const struct fanout *f, struct fanout_slow out[static FANOUT_SLOWEST_MAX], unsigned *n);
bool __wrap_fanout_slowest(
	const struct fanout *f, struct fanout_slow out[static FANOUT_SLOWEST_MAX], unsigned *n)
{
	for (unsigned i = 0; i < there; i++) {
		out[i] = (struct fanout_slow){.protocol = "sse",
			.blocked_seconds = 9 - i,
			.frames_skipped = UINT32_MAX,
			.kernel_bytes = 4096};
		strcpy(out[i].address, "[2001:db8::1]:65535");
	}
	*n = there;
	return complete;
}

static void expect(const char *wanted)
{
	char *text = slowest_json(NULL, &asked_ns);

	cr_assert_neq(text, control_socket_later);
	cr_expect_str_eq(text, wanted);
	free(text);
}

Test(control_slowest, the_threads_are_asked_once_and_waited_for)
{
	there = 1;
	for (unsigned i = 0; i < 3; i++)
		cr_expect_eq(slowest_json(NULL, &asked_ns), control_socket_later);
	cr_expect_eq(asked, 1);
	complete = true;
	expect("{\"complete\":true,\"slowest\":[{\"address\":\"[2001:db8::1]:65535\","
	       "\"protocol\":\"sse\",\"blocked_s\":9,\"frames_skipped\":4294967295,"
	       "\"kernel_bytes\":4096}]}");
	expect("{\"complete\":true,\"slowest\":[{\"address\":\"[2001:db8::1]:65535\","
	       "\"protocol\":\"sse\",\"blocked_s\":9,\"frames_skipped\":4294967295,"
	       "\"kernel_bytes\":4096}]}");
	cr_expect_eq(asked, 2, "each question is a new one");
}

Test(control_slowest, threads_that_do_not_answer_are_left_out_and_said_so)
{
	cr_expect_eq(slowest_json(NULL, &asked_ns), control_socket_later);
	asked_ns = 1; // long ago
	expect("{\"complete\":false,\"slowest\":[]}");
	cr_expect_eq(slowest_json(NULL, &asked_ns), control_socket_later);
	cr_expect_eq(asked, 2);
}
