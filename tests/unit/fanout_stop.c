/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The orderly end.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <unistd.h>

Test(fanout_stop, stopping_closes_everybody)
{
	struct rig rig = rig_start(2, 0);
	int fds[20];
	char rest[4096];

	rig_publish(&rig, 1, 1, 50);
	for (unsigned i = 0; i < 20; i++) {
		fds[i] = client_connect(rig.tcp, 0);
		client_send(fds[i], "SUB 1\n");
		cr_assert_eq(client_frame(fds[i], 1, 50), 1);
	}
	rig_stop(&rig);
	for (unsigned i = 0; i < 20; i++) {
		cr_assert_eq(client_read_all(fds[i], rest, sizeof(rest)), 0);
		close(fds[i]);
	}
}
