/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Memory on a node. The machines of the tests have one, so that moving changes nothing; but it is
 * asked for and looked at as on others.
 */

#include "hugepages/numa.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 8 };

static char *memory;
static int node; // on which it lies

static void set_up(void)
{
	memory =
		mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(memory, MAP_FAILED);
	memset(memory, 1, PAGES * PAGE);
	while (node < 64 && numa_elsewhere(memory, PAGE, PAGE, node) > 0)
		node++;
	if (node == 64)
		cr_skip_test("this kernel does not say on which node memory lies");
}

static void tear_down(void)
{
	munmap(memory, PAGES * PAGE);
}

TestSuite(hugepages_numa, .init = set_up, .fini = tear_down);

Test(hugepages_numa, nodes_are_counted_in_lists_of_the_kernel, .init = NULL, .fini = NULL)
{
	cr_expect_eq(numa_count("0\n"), 1);
	cr_expect_eq(numa_count("0-1\n"), 2);
	cr_expect_eq(numa_count("0,2-3,8\n"), 4);
	cr_expect_eq(numa_count("\n"), 0);
	cr_expect_eq(numa_count(""), 0);
	cr_expect_geq(numa_nodes(), 1);
}

Test(hugepages_numa, pages_that_are_moved_to_a_node_lie_there)
{
	if (numa_move(memory, PAGES * PAGE, PAGE, node) == -EPERM)
		cr_skip_test("mbind is not allowed here");
	cr_expect_eq(numa_elsewhere(memory, PAGES * PAGE, PAGE, node), 0);
	cr_expect_eq(numa_elsewhere(memory, PAGES * PAGE, PAGE, node + 1), PAGES);
	for (unsigned i = 0; i < PAGES * PAGE; i++)
		cr_assert_eq(memory[i], 1);
}

/* Unlike others, a mapping of huge pages cannot be given a policy by parts of a page. */
Test(hugepages_numa, huge_pages_are_moved_whole)
{
	enum { HUGE_PAGE = 2 << 20 };
	char *huge = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (huge == MAP_FAILED)
		cr_skip_test("no two huge pages are free");
	memset(huge, 1, 2 * HUGE_PAGE);
	int moved = numa_move(huge + 4096, 2 * HUGE_PAGE - 8192, HUGE_PAGE, node);
	if (moved == -EPERM)
		cr_skip_test("mbind is not allowed here");
	cr_expect_eq(moved, 0);
	cr_expect_eq(numa_elsewhere(huge + 4096, 2 * HUGE_PAGE - 8192, HUGE_PAGE, node), 0);
	cr_expect_eq(numa_elsewhere(huge + 4096, 2 * HUGE_PAGE - 8192, HUGE_PAGE, node + 1), 2);
	munmap(huge, 2 * HUGE_PAGE);
}

Test(hugepages_numa, a_page_goes_with_the_larger_part)
{
	int other = node + 1;

	cr_expect_eq(numa_elsewhere(memory + PAGE / 2 - 1, 2 * PAGE, PAGE, other), 2);
	cr_expect_eq(numa_elsewhere(memory, PAGE + PAGE / 2 - 1, PAGE, other), 1);
	cr_expect_eq(numa_elsewhere(memory, PAGE + PAGE / 2, PAGE, other), 2);
	cr_expect_eq(numa_elsewhere(memory + PAGE / 4, PAGE / 8, PAGE, other), 0);
	cr_expect_eq(numa_move(memory + PAGE / 4, PAGE / 8, PAGE, other), 0, "nothing to move");
	/* Neighbours have every page once between them. */
	for (size_t cut = 0; cut <= PAGES * PAGE; cut += PAGE / 4)
		cr_expect_eq(numa_elsewhere(memory, cut, PAGE, other) +
				     numa_elsewhere(memory + cut, PAGES * PAGE - cut, PAGE, other),
			PAGES, "cut at %zu", cut);
}

Test(hugepages_numa, a_node_that_is_not_there_is_refused)
{
	cr_expect_eq(numa_move(memory, PAGE, PAGE, -1), -EINVAL);
	cr_expect_lt(numa_move(memory, PAGE, PAGE, 1000), 0);
}
