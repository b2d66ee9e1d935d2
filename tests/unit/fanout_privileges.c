/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Once the listeners are bound the fan-out needs no privilege: neither to accept, nor to send, nor
 * to end.
 */

#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/* Another user, in all threads, for good. Who changes from root also loses every capability. */
static void become_nobody(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct held[2];

	if (geteuid() != 0)
		cr_skip("there is no privilege to give up");
	cr_assert_eq(setgroups(0, NULL), 0, "%s", strerror(errno));
	cr_assert_eq(setresgid(NOBODY, NOBODY, NOBODY), 0, "%s", strerror(errno));
	cr_assert_eq(setresuid(NOBODY, NOBODY, NOBODY), 0, "%s", strerror(errno));
	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	cr_assert_eq(syscall(SYS_capget, &head, held), 0);
	for (unsigned i = 0; i < 2; i++)
		cr_assert_eq(held[i].effective | held[i].permitted | held[i].inheritable, 0);
}

/* A frame that is published after they have come, perhaps behind an older one. */
static void subscribe_and_get(struct rig *rig, uint32_t number)
{
	char text[4096], id[32];
	int tcp = client_connect(rig->tcp, 0), sse = client_connect(rig->http, 0);

	client_send(tcp, "SUB 1\n");
	client_send(sse, "GET /v1/channels/1 HTTP/1.1\r\nHost: x\r\n"
			 "Accept: text/event-stream\r\n\r\n");
	rig_publish(rig, 1, number, 100);
	while (client_frame(tcp, 1, 100) != number)
		;
	snprintf(id, sizeof(id), "\nid: %u\n", number);
	client_read_until(sse, id, text, sizeof(text));
	close(tcp);
	close(sse);
}

Test(fanout_privileges, none_is_needed_after_the_start)
{
	struct rig rig = rig_start(2, 0);

	become_nobody();
	for (uint32_t number = 1; number <= 5; number++) {
		int before = client_connect(rig.http, 0);

		subscribe_and_get(&rig, number);
		close(before);
	}
	rig_await(&rig, offsetof(struct fanout_stats, accepted), 15);
	rig_stop(&rig);
}
