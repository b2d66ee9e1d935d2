/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Weights of reactions whose configuration gives none.
 */

#include "control/config.h"
#include "control/emoji_weight.h"

#include <criterion/criterion.h>
#include <string.h>

static double weight_of(const char *a, const char *b)
{
	char *emoji[] = {(char *)a, (char *)b};

	return emoji_weight(emoji, b != NULL ? 2 : 1);
}

Test(control_emoji_weight, is_what_the_table_says_of_the_emoji)
{
	cr_expect_eq(weight_of("😂", NULL), 0.6);
	cr_expect_eq(weight_of("😡", NULL), -0.8);
	cr_expect_eq(weight_of("😴", NULL), 0);
}

Test(control_emoji_weight, is_the_mean_of_those_that_are_rated)
{
	cr_expect_float_eq(weight_of("😂", "🤣"), 0.7, 1e-9);
	cr_expect_eq(weight_of("😡", "⚽"), -0.8, "one of them is not rated");
}

Test(control_emoji_weight, is_0_for_what_the_table_does_not_know)
{
	static const char *const unknown[] = {"⚽", "", "#", "\t", "😂😂", "x"};
	char longest[300];

	for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		cr_expect_eq(weight_of(unknown[i], NULL), 0, "%s", unknown[i]);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr_expect_eq(weight_of(longest, NULL), 0);
	cr_expect_eq(emoji_weight(NULL, 0), 0);
}

Test(control_emoji_weight, does_not_care_for_the_variation_selector)
{
	cr_expect_eq(weight_of("❤️", NULL), 0.6);
	cr_expect_eq(weight_of("❤", NULL), 0.6);
}

Test(control_emoji_weight, a_weight_in_the_configuration_goes_before)
{
	struct config c;
	char error[256];

	cr_assert_eq(config_load(&c, NULL, error, sizeof(error)), 0, "%s", error);
	for (unsigned i = 0; i < c.n_catalogue; i++) {
		if (strcmp(c.catalogue[i].name, "clap") == 0)
			cr_expect_float_eq(c.catalogue[i].weight, 0.7, 1e-9, "of the table");
		if (strcmp(c.catalogue[i].name, "wow") == 0)
			cr_expect_eq(c.catalogue[i].weight, 0.2, "given");
	}
	config_free(&c);
}
