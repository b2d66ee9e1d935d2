/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/sub_line.h"

#include <criterion/criterion.h>
#include <string.h>

static enum sub_result parse(const char *line, struct sub_line *out)
{
	const char *why = NULL;
	enum sub_result result = sub_line_parse(line, strlen(line), CHANNEL_LIST_MAX, out, &why);

	cr_assert_eq(result == SUB_REFUSED, why != NULL, "a refusal has a reason: %s", line);
	return result;
}

Test(fanout_sub_line, well_formed_lines_are_understood)
{
	struct sub_line line;

	cr_assert_eq(parse("SUB 1,2,5\n", &line), SUB_OK);
	cr_assert_eq(line.list.n, 3);
	cr_assert_eq(line.list.channels[0], 1);
	cr_assert_eq(line.list.channels[2], 5);
	cr_assert_not(line.json);
	cr_assert_eq(parse("SUB 65534 json\r\nmore", &line), SUB_OK);
	cr_assert_eq(line.list.n, 1);
	cr_assert_eq(line.list.channels[0], 65534);
	cr_assert(line.json);
}

Test(fanout_sub_line, a_channel_asked_for_twice_counts_once)
{
	struct sub_line line;

	cr_assert_eq(parse("SUB 3,1,3,3\n", &line), SUB_OK);
	cr_assert_eq(line.list.n, 2);
	cr_assert_eq(line.list.channels[0], 3);
	cr_assert_eq(line.list.channels[1], 1);
}

Test(fanout_sub_line, a_range_names_all_its_channels_at_once)
{
	struct sub_line line;

	cr_assert_eq(parse("SUB 7,3-6,5,1-3\n", &line), SUB_OK);
	static const uint16_t wanted[] = {7, 3, 4, 5, 6, 1, 2};
	cr_assert_eq(line.list.n, 7);
	cr_assert_arr_eq(line.list.channels, wanted, sizeof(wanted));
	cr_assert_eq(parse("SUB 0-65534 json\n", &line), SUB_OK);
	cr_assert_eq(line.list.n, 65535);
	cr_assert_eq(line.list.channels[65534], 65534);
	cr_assert_eq(parse("SUB 5-5\n", &line), SUB_OK);
	cr_assert_eq(line.list.n, 1);
}

/* However much more is asked for. */
Test(fanout_sub_line, of_channels_beyond_the_most_one_is_taken)
{
	static const char *const lines[] = {
		"SUB 0-65534\n", "SUB 9,0-2,60-130\n", "SUB 3,1,4,1,5,9\n", "SUB 1-4,5,6-,7\n"};
	static struct sub_line line;
	const char *why;

	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		memset(&line, 0xff, sizeof(line));
		cr_expect_eq(
			sub_line_parse(lines[i], strlen(lines[i]), i == 2 ? 3 : 4, &line, &why),
			SUB_OK);
		cr_expect_eq(line.list.n, i == 2 ? 4 : 5, "%s", lines[i]);
		cr_expect_eq(line.list.channels[line.list.n], 0xffff, "%s", lines[i]);
	}
	cr_expect_eq(sub_line_parse("SUB 1-4,2\n", 10, 4, &line, &why), SUB_OK);
	cr_expect_eq(line.list.n, 4);
}

Test(fanout_sub_line, ranges_may_begin_and_end_anywhere)
{
	struct sub_line line;

	cr_assert_eq(parse("SUB 70,63-64,60-130,0-0,127-128\n", &line), SUB_OK);
	cr_assert_eq(line.list.n, 72);
	cr_assert_eq(line.list.channels[0], 70);
	cr_assert_eq(line.list.channels[2], 64);
	cr_assert_eq(line.list.channels[3], 60);
	cr_assert_eq(line.list.channels[70], 130);
	cr_assert_eq(line.list.channels[71], 0);
}

Test(fanout_sub_line, every_beginning_of_a_line_waits_for_more)
{
	static const char whole[] = "SUB 1,22,333 json\r\n";
	struct sub_line line;
	const char *why;

	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		cr_assert_eq(sub_line_parse(whole, len, CHANNEL_LIST_MAX, &line, &why), SUB_MORE,
			"%zu bytes", len);
	cr_assert_eq(
		sub_line_parse(whole, sizeof(whole) - 1, CHANNEL_LIST_MAX, &line, &why), SUB_OK);
}

Test(fanout_sub_line, what_is_no_such_line_is_refused)
{
	static const char *const wrong[] = {"SUB \n", "SUB\n", "sub 1\n", "GET / HTTP/1.1\r\n",
		"\n", "SUB 1,\n", "SUB ,1\n", "SUB 1,,2\n", "SUB a\n", "SUB -1\n", "SUB 65535\n",
		"SUB 100000\n", "SUB 1 \n", "SUB 1 JSON\n", "SUB 1 json \n", "SUB 1  json\n",
		"SUB 1 jso\n", "SUB 1\r\r\n", "SUB  1\n", "SUB 1\t2\n", "SUB 2-1\n", "SUB 1-\n",
		"SUB -2\n", "SUB 1-2-3\n", "SUB 1--2\n", "SUB 1-65535\n", "SUB 0-65534,1\n",
		"SUB 1-a\n", "\x16\x03\x01"};
	struct sub_line line;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(parse(wrong[i], &line), SUB_REFUSED, "%s", wrong[i]);
}

Test(fanout_sub_line, a_line_has_at_most_512_bytes)
{
	char text[1024];
	struct sub_line line;
	const char *why;

	memset(text, '1', sizeof(text));
	memcpy(text, "SUB ", 4);
	for (unsigned i = 5; i < sizeof(text); i += 2)
		text[i] = ',';
	cr_assert_eq(sub_line_parse(text, 511, CHANNEL_LIST_MAX, &line, &why), SUB_MORE);
	cr_assert_eq(sub_line_parse(text, 512, CHANNEL_LIST_MAX, &line, &why), SUB_REFUSED);
	text[511] = '\n';
	cr_assert_eq(sub_line_parse(text, 512, CHANNEL_LIST_MAX, &line, &why), SUB_OK);
	cr_assert_eq(line.list.n, 1);
	text[511] = ',';
	text[513] = '\n';
	cr_assert_eq(sub_line_parse(text, 514, CHANNEL_LIST_MAX, &line, &why), SUB_REFUSED);
}
