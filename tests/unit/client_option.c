/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Options take what they should, and say which one was wrong. */

#include "client/option.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

TestSuite(client_option, .init = cr_redirect_stderr);

static void expect_said(const char *text)
{
	FILE *said = cr_get_redirected_stderr();
	char line[200] = "";

	fflush(stderr);
	cr_assert_not_null(fgets(line, sizeof(line), said));
	cr_expect_not_null(strstr(line, text), "'%s' is not in '%s'", text, line);
}

Test(client_option, an_endpoint_may_leave_out_its_port)
{
	struct endpoint e;

	optarg = (char[]){"[::1]:9"};
	cr_expect_eq(option_endpoint("to", 7700, &e), 0);
	cr_expect_eq(e.port, 9);
	optarg = (char[]){"example.org"};
	cr_expect_eq(option_endpoint("to", 7700, &e), 0);
	cr_expect_eq(e.port, 7700);
	optarg = (char[]){"example.org:x"};
	cr_expect_eq(option_endpoint("to", 7700, &e), -EINVAL);
	expect_said(": --to: 'example.org:x' is not HOST:PORT\n");
}

Test(client_option, a_number_has_bounds)
{
	uint64_t n = 5;

	optarg = (char[]){"9"};
	cr_expect_eq(option_number("windows", 1, 9, &n), 0);
	cr_expect_eq(n, 9);
	optarg = (char[]){"0"};
	cr_expect_eq(option_number("windows", 1, 9, &n), -EINVAL);
	expect_said(": --windows: '0' is not a number from 1 to 9\n");
}
