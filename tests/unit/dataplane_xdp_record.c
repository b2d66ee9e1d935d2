/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is noted of our XDP programs is found again, and says whether their process lives.
 */

#include "dataplane/xdp_record.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

Test(dataplane_xdp_record, what_was_noted_is_found_until_it_is_removed)
{
	char folder[] = "/tmp/uproar-records-XXXXXX";
	struct xdp_owner owner;

	cr_assert_not_null(mkdtemp(folder));
	cr_expect_not(xdp_record_read(folder, 7, &owner));
	cr_assert_eq(xdp_record_write(folder, 7), 0);
	cr_assert(xdp_record_read(folder, 7, &owner));
	cr_expect_eq(owner.pid, (uint32_t)getpid());
	cr_expect(xdp_owner_lives(&owner));
	cr_expect_not(xdp_owner_is_elsewhere(&owner));
	cr_expect_not(xdp_record_read(folder, 8, &owner));
	xdp_record_remove(folder, 7);
	cr_expect_not(xdp_record_read(folder, 7, &owner));
	rmdir(folder);
}

Test(dataplane_xdp_record, a_process_that_is_gone_or_whose_number_another_has_does_not_live)
{
	struct xdp_owner owner = xdp_owner_self();
	pid_t child = fork();

	owner.started++;
	cr_expect_not(xdp_owner_lives(&owner), "the number is the same, the start is not");
	if (child == 0)
		_exit(0);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	owner = (struct xdp_owner){.pid = (uint32_t)child, .started = 1};
	cr_expect_not(xdp_owner_lives(&owner));
	cr_expect_not(xdp_owner_lives(&(struct xdp_owner){0}));
}

Test(dataplane_xdp_record, one_of_another_pid_namespace_is_not_judged)
{
	struct xdp_owner owner = xdp_owner_self();

	cr_expect_neq(owner.space, 0);
	cr_expect_not(xdp_owner_is_elsewhere(&owner));
	owner.space++;
	cr_expect(xdp_owner_is_elsewhere(&owner));
	owner.space = 0;
	cr_expect(xdp_owner_is_elsewhere(&owner), "of an uproard that did not note it");
	owner.pid = 0;
	cr_expect_not(xdp_owner_is_elsewhere(&owner), "it died before it could say who it is");
}
