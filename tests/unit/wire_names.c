/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Names that people meet: of refusals, and of the control socket.
 */

#include "wire/refusal.h"
#include "wire/socket_path.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(wire_names, every_refusal_has_a_name_of_its_own_and_a_text)
{
	for (unsigned i = REFUSED_none + 1; i < REFUSALS; i++) {
		const char *name = refusal_name((enum refusal)i);

		cr_expect_gt(strlen(name), 0);
		cr_expect_lt(strlen(name), 32, "%s fits in the arena's list", name);
		cr_expect_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789"), strlen(name),
			"%s is fit for a metric", name);
		cr_expect_gt(strlen(refusal_text((enum refusal)i)), 0, "%s has a text", name);
		for (unsigned j = REFUSED_none; j < i; j++)
			cr_expect_str_neq(name, refusal_name((enum refusal)j));
	}
}

Test(wire_names, layers_follow_each_other_in_the_list)
{
	cr_expect_eq(refusal_layer(REFUSED_ether_short), REFUSAL_LINK);
	cr_expect_eq(refusal_layer(REFUSED_magic), REFUSAL_PAYLOAD);
	cr_expect_eq(refusal_layer(REFUSED_channel), REFUSAL_POLICY);
	for (unsigned i = REFUSED_none + 2; i < REFUSALS; i++)
		cr_expect_geq(refusal_layer((enum refusal)i), refusal_layer((enum refusal)(i - 1)));
}

/* The user of a process is changed in a child, for good. */
static void expect_folder_as(uid_t user, const char *xdg, const char *expected)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		char out[64];

		if (xdg != NULL)
			setenv("XDG_RUNTIME_DIR", xdg, 1);
		else
			unsetenv("XDG_RUNTIME_DIR");
		if (user != geteuid() && seteuid(user) < 0)
			_exit(2);
		_exit(runtime_folder(out, sizeof(out)) != 0 || strcmp(out, expected) != 0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect_eq(status, 0, "user %u, XDG_RUNTIME_DIR %s: not %s", user,
		xdg != NULL ? xdg : "not set", expected);
}

Test(wire_names, the_folder_for_run_time_files_is_the_users_own)
{
	if (geteuid() != 0)
		cr_skip("only root may become another user");
	expect_folder_as(0, NULL, "/run/uproar");
	expect_folder_as(0, "/run/user/0", "/run/uproar");
	expect_folder_as(65534, "/run/user/65534", "/run/user/65534/uproar");
	expect_folder_as(65534, NULL, "/tmp/uproar-65534");
	expect_folder_as(65534, "relative", "/tmp/uproar-65534");
}

Test(wire_names, the_control_socket_lies_in_that_folder)
{
	char folder[256], path[300], expected[300];

	cr_assert_eq(runtime_folder(folder, sizeof(folder)), 0);
	cr_assert_eq(control_socket_path("match", path, sizeof(path)), 0);
	snprintf(expected, sizeof(expected), "%s/match.sock", folder);
	cr_expect_str_eq(path, expected);
	cr_expect_eq(control_socket_path("match", path, strlen(expected) + 1), 0);
	cr_expect_eq(control_socket_path("match", path, strlen(expected)), -ENAMETOOLONG);
	cr_expect_eq(runtime_folder(folder, 3), -ENAMETOOLONG);
}
