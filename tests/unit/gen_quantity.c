/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Quantities are read as they are written, and nothing else is. */

#include "client/gen/quantity.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(gen_quantity, numbers_are_decimal_and_within_bounds)
{
	double v = 0;

	cr_expect(quantity_parse("0.5", 0, 10, &v) == 0 && v == 0.5);
	cr_expect(quantity_parse("10", 0, 10, &v) == 0 && v == 10);
	cr_expect_eq(quantity_parse("10.1", 0, 10, &v), -ERANGE);
	cr_expect_eq(v, 10);
	for (const char **t = (const char *[]){"", ".", "..", "1.2.3", "-1", "1e3", "1 ", " 1",
		     "0x1", "nan", "123456789012345678901234567890", NULL};
		*t != NULL; t++)
		cr_expect_eq(quantity_parse(*t, 0, 1e40, &v), -EINVAL, "%s", *t);
}

Test(gen_quantity, rates_may_have_a_unit)
{
	double v = 0;

	cr_expect(quantity_parse_rate("1000", 1, 1e9, &v) == 0 && v == 1000);
	cr_expect(quantity_parse_rate("250k", 1, 1e9, &v) == 0 && v == 250e3);
	cr_expect(quantity_parse_rate("14.2M", 1, 1e9, &v) == 0 && v == 14.2e6);
	cr_expect_eq(quantity_parse_rate("0", 1, 1e9, &v), -ERANGE);
	cr_expect_eq(quantity_parse_rate("2000M", 1, 1e9, &v), -ERANGE);
	for (const char **t = (const char *[]){"", "k", "1kk", "1G", "1 M", "max", NULL};
		*t != NULL; t++)
		cr_expect_eq(quantity_parse_rate(*t, 1, 1e9, &v), -EINVAL, "%s", *t);
}

Test(gen_quantity, goals_ascend)
{
	double v[4];

	cr_expect_eq(quantity_parse_list("0,0.5,1", 0, 50, v, 4), 3);
	cr_expect(v[0] == 0 && v[1] == 0.5 && v[2] == 1);
	for (const char **t = (const char *[]){"", ",", "0,", "0,,1", "1,0", "0,0", "51",
		     "0,1,2,3,4", "0;1", NULL};
		*t != NULL; t++)
		cr_expect_eq(quantity_parse_list(*t, 0, 50, v, 4), -EINVAL, "%s", *t);
}

Test(gen_quantity, cpus_are_listed_once)
{
	unsigned v[8];

	cr_expect_eq(quantity_parse_cpus("2,4-7", 127, v, 8), 5);
	cr_expect(v[0] == 2 && v[1] == 4 && v[4] == 7);
	cr_expect_eq(quantity_parse_cpus("0", 127, v, 8), 1);
	for (const char **t = (const char *[]){"", "-", "1-", "-1", "2-1", "1,1", "1,0-2", "128",
		     "0-8", "1;2", "99999999999999999999", NULL};
		*t != NULL; t++)
		cr_expect_eq(quantity_parse_cpus(*t, 127, v, 8), -EINVAL, "%s", *t);
}
