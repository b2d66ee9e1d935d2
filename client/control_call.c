/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/control_call.h"

#include "client/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MAX = 16 << 20 };

int control_call(
	const char *socket_path, const char *request, uint64_t deadline, char **answer, size_t *len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char line[256];

	if (strlen(socket_path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
	int n = snprintf(line, sizeof(line), "%s\n", request);
	if (n < 0 || (size_t)n >= sizeof(line))
		return -ENAMETOOLONG;
	int fd = stream_connect((struct sockaddr *)&address, sizeof(address), deadline);
	if (fd < 0)
		return fd;
	int ret = stream_send(fd, line, (size_t)n, deadline);
	if (ret == 0)
		ret = stream_read_all(fd, ANSWER_MAX, deadline, answer, len);
	close(fd);
	return ret;
}
