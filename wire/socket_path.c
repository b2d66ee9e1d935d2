/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/socket_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fits(int written, size_t cap)
{
	return written < 0 || (size_t)written >= cap ? -ENAMETOOLONG : 0;
}

static int is_ours(const char *folder)
{
	struct stat st;

	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

int runtime_folder(char *out, size_t cap)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0 || is_ours(ROOTS_RUNTIME_FOLDER))
		return fits(snprintf(out, cap, "%s", ROOTS_RUNTIME_FOLDER), cap);
	if (xdg != NULL && xdg[0] == '/')
		return fits(snprintf(out, cap, "%s/uproar", xdg), cap);
	return fits(snprintf(out, cap, "/tmp/uproar-%u", geteuid()), cap);
}

int control_socket_path(const char *name, char *out, size_t cap)
{
	char folder[256];
	int ret = runtime_folder(folder, sizeof(folder));

	if (ret < 0)
		return ret;
	return fits(snprintf(out, cap, "%s/%s.sock", folder, name), cap);
}
