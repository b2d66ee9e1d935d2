/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is said about workers and memory that are on another NUMA node than their port.
 */

#include "dataplane/placement.h"

#include <criterion/criterion.h>
#include <string.h>

enum { NOWHERE = -1 };

static const char *judged(const struct placement *workers, unsigned n)
{
	static char out[512];

	memset(out, '?', sizeof(out));
	placement_judge(workers, n, out, sizeof(out));
	return out;
}

Test(dataplane_placement, nothing_is_said_where_all_are_together)
{
	static const struct placement workers[] = {{0, 0, 1, 0}, {1, 1, 9, 0}, {NOWHERE, 1, 8, 0}};

	cr_expect_str_eq(judged(workers, 3), "");
	cr_expect_str_eq(judged(workers, 0), "");
}

Test(dataplane_placement, a_worker_far_from_its_port_is_named)
{
	static const struct placement workers[] = {{0, 0, 1, 0}, {1, 0, 2, 0}, {1, 0, 3, 0}};
	const char *said = judged(workers, 3);

	cr_expect_neq(strstr(said, "2 of 3 workers"), NULL, "%s", said);
	cr_expect_neq(strstr(said, "worker 1 on CPU 2 of node 0, its port is on node 1"), NULL,
		"%s", said);
	cr_expect_eq(strstr(said, "tallies"), NULL, "%s", said);
}

Test(dataplane_placement, memory_that_could_not_be_moved_is_named)
{
	static const struct placement workers[] = {{0, 0, 1, 0}, {1, 1, 9, 3}};
	const char *said = judged(workers, 2);

	cr_expect_eq(strstr(said, "workers run"), NULL, "%s", said);
	cr_expect_neq(strstr(said, "1 of 2 workers"), NULL, "%s", said);
	cr_expect_neq(strstr(said, "3 pages of worker 1 are not on node 1"), NULL, "%s", said);
}

Test(dataplane_placement, both_faults_are_one_sentence)
{
	static const struct placement workers[] = {{1, 0, 1, 2}};
	const char *said = judged(workers, 1);

	cr_expect_neq(strstr(said, "in cores; the tallies of 1 of 1"), NULL, "%s", said);
}

Test(dataplane_placement, memory_goes_to_the_port_or_else_to_the_cpu)
{
	cr_expect_eq(placement_node(&(struct placement){.port_node = 1, .cpu_node = 0}), 1);
	cr_expect_eq(placement_node(&(struct placement){.port_node = NOWHERE, .cpu_node = 2}), 2);
}
