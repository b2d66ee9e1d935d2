/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/stream.h"

#include "client/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* Waits until fd is ready for the events. 0, or -errno. */
static int await(int fd, short events, uint64_t deadline)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = events};
		int n = poll(&p, 1, clock_left_ms(deadline));

		if (n > 0)
			return 0;
		if (n == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

static int finish_connect(int fd, uint64_t deadline)
{
	int error = 0, ret = await(fd, POLLOUT, deadline);
	socklen_t len = sizeof(error);

	if (ret < 0)
		return ret;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

int stream_connect(const struct sockaddr *address, socklen_t len, uint64_t deadline)
{
	int ret = 0, fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, address, len) < 0)
		ret = errno == EINPROGRESS ? finish_connect(fd, deadline) : -errno;
	if (ret < 0) {
		close(fd);
		return ret;
	}
	return fd;
}

int stream_send(int fd, const void *bytes, size_t len, uint64_t deadline)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
		int ret = 0;

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			ret = await(fd, POLLOUT, deadline);
		} else if (errno != EINTR) {
			ret = -errno;
		}
		if (ret < 0)
			return ret;
	}
	return 0;
}

struct growing {
	char *bytes;
	size_t len, cap, max;
};

/* Makes room for more, and for the closing zero. */
static int grow(struct growing *g)
{
	if (g->len + 1 < g->cap)
		return 0;
	if (g->len >= g->max)
		return -EMSGSIZE;
	size_t cap = g->cap == 0 ? 8192 : 2 * g->cap;
	if (cap > g->max + 2)
		cap = g->max + 2;
	char *bytes = realloc(g->bytes, cap);
	if (bytes == NULL)
		return -ENOMEM;
	g->bytes = bytes;
	g->cap = cap;
	return 0;
}

/* 1 at the end of the stream, 0 to go on, or -errno. */
static int read_some(int fd, struct growing *g, uint64_t deadline)
{
	int ret = grow(g);

	if (ret < 0)
		return ret;
	ssize_t n = read(fd, g->bytes + g->len, g->cap - g->len - 1);
	if (n > 0) {
		g->len += (size_t)n;
		return g->len > g->max ? -EMSGSIZE : 0;
	}
	if (n == 0)
		return 1;
	if (errno == EAGAIN)
		return await(fd, POLLIN, deadline);
	return errno == EINTR ? 0 : -errno;
}

int stream_read_all(int fd, size_t max, uint64_t deadline, char **bytes, size_t *len)
{
	struct growing g = {.max = max};
	int ret = 0;

	while (ret == 0)
		ret = clock_left_ms(deadline) > 0 ? read_some(fd, &g, deadline) : -ETIMEDOUT;
	if (ret < 0) {
		free(g.bytes);
		return ret;
	}
	g.bytes[g.len] = '\0';
	*bytes = g.bytes;
	*len = g.len;
	return 0;
}
