/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/memif_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* 0 if somebody listens there, else -errno: -ECONNREFUSED on a file that was left. */
static int knock(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int ret = fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0
			  ? -errno
			  : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

int memif_socket_clear_stale(const char *path, char *error, size_t cap)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int ret;

	if (strlen(path) >= sizeof(address.sun_path))
		return 0; // the driver says that it is too long
	strcpy(address.sun_path, path);
	ret = knock(&address);
	if (ret == -ENOENT || (ret == -ECONNREFUSED && unlink(path) == 0))
		return 0;
	if (ret == 0) {
		snprintf(error, cap,
			"another process listens on the memif socket %s: stop it, or choose "
			"another path",
			path);
		return -EADDRINUSE;
	}
	snprintf(error, cap, "the memif socket %s cannot be used: %s", path, strerror(-ret));
	return ret;
}
