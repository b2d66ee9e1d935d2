/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Stage io-uring: may the fan-out have rings? kernel.io_uring_disabled is 0: everybody, 1: who has
 * CAP_SYS_ADMIN or is in kernel.io_uring_group, 2: nobody. No more than is needed is opened.
 */

#include "hugepages/host/do.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DISABLED "/proc/sys/kernel/io_uring_disabled"
#define GROUP "/proc/sys/kernel/io_uring_group"

/* A filter of system calls, as containers have one, is seen by trying. */
static bool is_filtered(const struct host *h)
{
	if (h->root[0] != '\0' || syscall(SYS_io_uring_setup, 0, NULL) >= 0)
		return false;
	return errno == EPERM || errno == ENOSYS;
}

static bool group_is_let_in(const struct host *h, uid_t user, gid_t group)
{
	return user == 0 || tree_number(h, -1, GROUP) == (int64_t)group;
}

static void judge(const struct host *h, int64_t level, struct host_finding *f)
{
	uid_t user;
	gid_t group;
	if (user_find(h, &user, &group) < 0 && level > 0) {
		finding_is(f, HOST_BY_HAND,
			"kernel.io_uring_disabled is %lld, and there is no user %s, whom the "
			"configuration names, to be let in",
			(long long)level, h->needs->user);
		finding_mend(f, "adduser --system --group --no-create-home %s", h->needs->user);
		return;
	}
	if (level == 0 || (level == 1 && group_is_let_in(h, user, group))) {
		if (is_filtered(h))
			finding_is(f, HOST_BY_HAND,
				"a filter of system calls (seccomp) refuses io_uring here: let the "
				"container have io_uring_setup, io_uring_enter and "
				"io_uring_register");
		else
			finding_is(f, HOST_READY, "io_uring may be used");
		return;
	}
	finding_is(f, tree_writable(h, DISABLED) ? HOST_TODO : HOST_BY_HAND,
		"kernel.io_uring_disabled is %lld, so %s is refused io_uring, which the fan-out "
		"is built on",
		(long long)level, level >= 2 ? "everybody" : h->needs->user);
	if (!group_is_let_in(h, user, group)) {
		finding_mend(f, "sysctl kernel.io_uring_group=%u", group);
		finding_lasting(f,
			"echo kernel.io_uring_group=%u > /etc/sysctl.d/60-uproar-uring.conf",
			group);
	}
	if (level >= 2) {
		finding_mend(f, "sysctl kernel.io_uring_disabled=1");
		finding_lasting(
			f, "echo kernel.io_uring_disabled=1 >> /etc/sysctl.d/60-uproar-uring.conf");
	}
}

void io_uring_check(const struct host *h, struct host_finding *f)
{
	int64_t level = tree_number(h, -1, DISABLED);

	if (level >= 0)
		judge(h, level, f);
	else if (is_filtered(h))
		finding_is(f, HOST_BY_HAND,
			"this kernel or a filter of system calls refuses io_uring, which the "
			"fan-out is built on");
	else
		finding_is(f, HOST_NOT_APPLICABLE,
			"this kernel has no kernel.io_uring_disabled: whoever wants uses io_uring");
}

int io_uring_init(struct host *h)
{
	char value[32];
	uid_t user;
	gid_t group;
	int ret = user_find(h, &user, &group);

	if (ret == 0 && !group_is_let_in(h, user, group)) {
		snprintf(value, sizeof(value), "%u", group);
		ret = host_do_write(h, "io-uring", GROUP, value);
	}
	if (ret == 0 && tree_number(h, 0, DISABLED) >= 2)
		ret = host_do_write(h, "io-uring", DISABLED, "1");
	return ret;
}
