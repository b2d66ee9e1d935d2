/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Loss against load: each load once, ascending, of the trials that count. */

#include "client/gen/loads.h"

#include <criterion/criterion.h>

Test(gen_loads, trials_of_a_load_are_added_up)
{
	static struct search s;
	static struct load loads[SEARCH_TRIALS_MAX];

	s.n = 4;
	s.trials[0] =
		(struct search_trial){.order.seconds = 2, .load = 20, .offered = 200, .lost = 10};
	s.trials[1] = (struct search_trial){.order.seconds = 1, .load = 10, .offered = 100};
	s.trials[2] =
		(struct search_trial){.order.seconds = 3, .load = 20, .offered = 300, .lost = 5};
	s.trials[3] = (struct search_trial){.load = 30, .offered = 1, .lost = 1, .aside = true};
	cr_assert_eq(loads_of(&s, loads), 2);
	cr_expect(loads[0].rate == 10 && loads[0].trials == 1 && loads[0].lost == 0);
	cr_expect(loads[1].rate == 20 && loads[1].trials == 2 && loads[1].lost == 15 &&
		  loads[1].offered == 500 && loads[1].seconds == 5);
}
