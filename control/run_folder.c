/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/run_folder.h"

#include "wire/socket_path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In /run only root makes folders: what another user has there is of root's giving. */
static bool may_use(const char *folder, const struct stat *st)
{
	return S_ISDIR(st->st_mode) &&
	       (st->st_uid == geteuid() ||
		       (geteuid() == 0 && strcmp(folder, ROOTS_RUNTIME_FOLDER) == 0));
}

int run_folder_make(char *out, size_t cap)
{
	struct stat st;
	int ret = runtime_folder(out, cap);

	if (ret < 0)
		return ret;
	if ((mkdir(out, 0755) < 0 && errno != EEXIST) || lstat(out, &st) < 0)
		return -errno;
	return may_use(out, &st) ? 0 : -EPERM;
}

void run_folder_remove(void)
{
	char folder[256];

	if (runtime_folder(folder, sizeof(folder)) == 0)
		rmdir(folder);
}
