/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The bound and the pace of answers, as they are configured.
 */

#include "yaml_file.h"

#include <errno.h>
#include <string.h>

static char error[1024];

Test(control_config_answers, the_defaults_are_those_of_the_sample)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	struct pace p = config_pace(&c);
	cr_expect_eq(c.answers.per_second, 2000000);
	cr_expect(p.least == 10 && p.most == 100 && p.low == 600 && p.high == 950);
	config_free(&c);
}

Test(control_config_answers, milliseconds_are_rounded_up_to_tenths_of_a_second)
{
	static const struct {
		const char *text;
		unsigned least, most;
	} rows[] = {
		{"answers: {least_pace_ms: 0, most_pace_ms: 1}\n", 0, 1},
		{"answers: {least_pace_ms: 100, most_pace_ms: 101}\n", 1, 2},
		{"answers: {least_pace_ms: 25500, most_pace_ms: 25500}\n", 255, 255},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_assert_eq(load_text(&c, rows[i].text, error, sizeof(error)), 0, "%s", error);
		struct pace p = config_pace(&c);
		cr_expect(p.least == rows[i].least && p.most == rows[i].most, "%s", rows[i].text);
		config_free(&c);
	}
}

Test(control_config_answers, what_is_out_of_range_is_named)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"answers:\n  per_second: 100000001\n", "answers.per_second"},
		{"answers:\n  most_pace_ms: 25501\n", "answers.most_pace_ms"},
		{"answers:\n  least_pace_ms: 10001\n", "answers.least_pace_ms"},
		{"answers:\n  busy_low_percent: 95\n", "answers.busy_low_percent"},
		{"answers:\n  busy_high_percent: 101\n", "answers.busy_high_percent"},
		{"answers:\n  busy_high_percent: 0\n", "answers.busy_high_percent"},
		{"answers:\n  pace: 5\n", "'pace'"},
		{"answers:\n  per_second: many\n", "per_second"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_expect_eq(load_text(&c, rows[i].text, error, sizeof(error)), -EINVAL);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s", error);
		cr_expect_neq(strstr(error, "line 2"), NULL, "%s", error);
	}
}
