/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/udp_sink.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BURST = 64 };

static int open_socket(const struct sockaddr_storage *address, socklen_t len)
{
	int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, len) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

int udp_sink_open(struct udp_sink *u, const struct endpoint *to)
{
	struct sockaddr_storage address;
	socklen_t len;
	int ret = endpoint_resolve(to, SOCK_DGRAM, &address, &len);

	if (ret < 0)
		return ret;
	*u = (struct udp_sink){0};
	memset(u->fds, -1, sizeof(u->fds));
	for (unsigned i = 0; i < UDP_SINK_SOCKETS; i++) {
		u->fds[i] = open_socket(&address, len);
		if (u->fds[i] < 0) {
			ret = u->fds[i];
			udp_sink_close(u);
			return ret;
		}
	}
	return 0;
}

void udp_sink_close(struct udp_sink *u)
{
	for (unsigned i = 0; i < UDP_SINK_SOCKETS; i++) {
		if (u->fds[i] >= 0)
			close(u->fds[i]);
		u->fds[i] = -1;
	}
}

/* The kernel is full, or the peer was not there a moment ago: both may pass. */
static bool passing(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == EINTR || error == ENOMEM ||
	       error == ECONNREFUSED || error == ENETDOWN;
}

static int send_burst(void *ctx, const struct datagram *datagrams, unsigned n)
{
	struct udp_sink *u = ctx;
	struct mmsghdr messages[BURST];
	struct iovec vectors[BURST];

	if (n > BURST)
		n = BURST;
	for (unsigned i = 0; i < n; i++) {
		// the kernel only reads what iov_base points to
		vectors[i] =
			(struct iovec){(void *)(uintptr_t)datagrams[i].payload, datagrams[i].len};
		messages[i] =
			(struct mmsghdr){.msg_hdr = {.msg_iov = &vectors[i], .msg_iovlen = 1}};
	}
	int fd = u->fds[u->next++ % UDP_SINK_SOCKETS];
	int taken = sendmmsg(fd, messages, n, MSG_DONTWAIT);
	if (taken >= 0)
		return taken;
	return passing(errno) ? 0 : -errno;
}

struct sink udp_sink(struct udp_sink *u)
{
	return (struct sink){.send = send_burst, .ctx = u};
}
