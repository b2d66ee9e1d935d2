/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/run_folder.h"

#include "wire/socket_path.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

int run_folder_make(char *out, size_t cap)
{
	struct stat st;
	int ret = runtime_folder(out, cap);

	if (ret < 0)
		return ret;
	if ((mkdir(out, 0755) < 0 && errno != EEXIST) || lstat(out, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() ? 0 : -EPERM;
}

void run_folder_remove(void)
{
	char folder[256];

	if (runtime_folder(folder, sizeof(folder)) == 0)
		rmdir(folder);
}
