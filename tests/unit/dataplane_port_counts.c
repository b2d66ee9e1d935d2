/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What a device counted stays counted when it begins again. */

#include "dataplane/port_counts.h"

#include <criterion/criterion.h>

Test(dataplane_port_counts, a_device_that_goes_on_is_believed)
{
	struct port_count c = {0};

	port_count_see(&c, 10);
	cr_expect_eq(port_count_sum(&c, 10), 10);
	cr_expect_eq(port_count_sum(&c, 25), 25);
}

Test(dataplane_port_counts, one_that_begins_again_counts_on)
{
	struct port_count c = {0};

	port_count_see(&c, 10);
	cr_expect_eq(port_count_sum(&c, 3), 13, "before anybody remembered it");
	port_count_see(&c, 3);
	cr_expect_eq(port_count_sum(&c, 3), 13, "and after");
	port_count_see(&c, 0);
	port_count_see(&c, 7);
	cr_expect_eq(port_count_sum(&c, 8), 10 + 3 + 8, "as often as it does");
}

Test(dataplane_port_counts, no_sum_ever_falls)
{
	static const uint64_t told[] = {0, 5, 5, 2, 9, 0, 0, 1, 100, 3};
	struct port_count c = {0};
	uint64_t before = 0;

	for (unsigned i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		uint64_t sum = port_count_sum(&c, told[i]);

		cr_expect_geq(sum, before);
		port_count_see(&c, told[i]);
		cr_expect_eq(port_count_sum(&c, told[i]), sum);
		before = sum;
	}
}
