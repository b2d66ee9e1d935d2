/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is unusual, as it is configured.
 */

#include "yaml_file.h"

#include <errno.h>
#include <string.h>

static char error[1024];

Test(control_config_sentiment, the_defaults_are_those_of_the_sample)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	struct mood_rules r = config_mood_rules(&c);
	cr_expect(r.half_life_s == 60 && r.surge_begins == 3 && r.surge_ends == 1.5 &&
		  r.surge_taps == 20);
	config_free(&c);
}

Test(control_config_sentiment, one_option_leaves_the_others_as_they_are)
{
	struct config c;

	cr_assert_eq(load_text(&c, "sentiment: {half_life_seconds: 300}\n", error, sizeof(error)),
		0, "%s", error);
	struct mood_rules r = config_mood_rules(&c);
	cr_expect(r.half_life_s == 300 && r.surge_begins == 3);
	config_free(&c);
}

Test(control_config_sentiment, what_is_out_of_range_is_named)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"sentiment:\n  half_life_seconds: 0\n", "sentiment.half_life_seconds"},
		{"sentiment:\n  half_life_seconds: 86401\n", "sentiment.half_life_seconds"},
		{"sentiment:\n  surge_begins: 1\n", "sentiment.surge_begins"},
		{"sentiment:\n  surge_begins: nan\n", "sentiment.surge_begins"},
		{"sentiment:\n  surge_begins: 1001\n", "sentiment.surge_begins"},
		{"sentiment:\n  surge_ends: 3.5\n", "sentiment.surge_ends"},
		{"sentiment:\n  surge_ends: 0\n", "sentiment.surge_ends"},
		{"sentiment:\n  surge_taps: 0\n", "sentiment.surge_taps"},
		{"sentiment:\n  surge: 5\n", "'surge'"},
		{"sentiment:\n  surge_begins: often\n", "surge_begins"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		cr_expect_eq(load_text(&c, rows[i].text, error, sizeof(error)), -EINVAL, "%s",
			rows[i].text);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s", error);
		cr_expect_neq(strstr(error, "line 2"), NULL, "%s", error);
	}
}
