/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Becoming another user at the start, with some capabilities of root's.
 */

#include "control/capabilities.h"
#include "control/privileges.h"
#include "control/run_folder.h"
#include "hugepages/own_folder.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What only root can make. Where it cannot, the user goes on without, and the start says so. */
static int make_folders(const struct passwd *user, char *error, size_t cap)
{
	char folder[256];
	int ret = run_folder_make(folder, sizeof(folder));

	if (ret == 0 && chown(folder, user->pw_uid, user->pw_gid) < 0)
		ret = -errno;
	if (ret < 0) {
		snprintf(error, cap, "cannot make the folder %s for the user %s: %s", folder,
			user->pw_name, strerror(-ret));
		return ret;
	}
	hugepages_make_own_folder(user->pw_uid, user->pw_gid);
	setenv("RUNTIME_DIRECTORY", folder, 0); // DPDK's files lie there, too
	return 0;
}

static int become(const struct passwd *user)
{
	uint64_t wanted = capabilities_permitted() & CAPABILITIES_OF_THE_START;

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || initgroups(user->pw_name, user->pw_gid) < 0 ||
		setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
		setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		return -errno;
	prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); // else /proc/self is root's
	return capabilities_set(wanted);
}

int privileges_take_user(const char *user, char *error, size_t cap)
{
	struct passwd *found = user != NULL ? getpwnam(user) : NULL;

	if (user == NULL)
		return 0;
	if (found == NULL) {
		snprintf(error, cap, "user: there is no user %s: make one, or leave user empty",
			user);
		return -ENOENT;
	}
	if (found->pw_uid == geteuid())
		return 0;
	if (geteuid() != 0) {
		snprintf(error, cap,
			"user: only root becomes %s: start uproard as root or as %s, or leave user "
			"empty",
			user, user);
		return -EPERM;
	}
	int ret = make_folders(found, error, cap);
	if (ret < 0)
		return ret;
	ret = become(found);
	if (ret < 0)
		snprintf(error, cap, "cannot become the user %s: %s", user, strerror(-ret));
	return ret;
}
