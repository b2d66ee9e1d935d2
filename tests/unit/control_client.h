/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A client of the control socket test.sock in a folder.
 */
#ifndef TESTS_CONTROL_CLIENT_H
#define TESTS_CONTROL_CLIENT_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static inline int connect_and_send(const char *folder, const char *bytes, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/test.sock", folder);
	cr_assert_eq(connect(fd, (void *)&address, sizeof(address)), 0, "%s", strerror(errno));
	cr_assert_eq(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	return fd;
}

/* Reads what there is; returns whether it was closed behind it. */
static inline bool read_all(int fd, char *out, size_t cap, size_t *len)
{
	ssize_t n;

	*len = 0;
	while ((n = recv(fd, out + *len, cap - 1 - *len, MSG_DONTWAIT)) > 0)
		*len += (size_t)n;
	out[*len] = '\0';
	return n == 0 || errno == ECONNRESET;
}

#endif
