/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	BACKLOG = 4096,
	BIND_TRIES = 50, // at
	BIND_PAUSE_MS = 20,

	/* Bytes that a peer has not taken by then end it, also if it still answers the probes of
	 * its closed window (tcp(7), TCP_USER_TIMEOUT). Milliseconds. */
	USER_TIMEOUT_MS = 120000,
	/* So is one that has been silent this long and does not answer three probes. Seconds. */
	KEEPALIVE_IDLE = 60,
	KEEPALIVE_INTERVAL = 15,
	KEEPALIVE_PROBES = 3,
};

void listener_name(const struct fanout_listener *l, char *out, size_t cap)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (l->address.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&l->address;
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(out, cap, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&l->address;
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(out, cap, "%s:%u", host, ntohs(in->sin_port));
	}
}

static int explain(const struct fanout_listener *l, int err, char *error, size_t cap)
{
	char name[INET6_ADDRSTRLEN + 16];
	const char *port = "";

	listener_name(l, name, sizeof(name));
	if (strrchr(name, ':') != NULL)
		port = strrchr(name, ':') + 1;
	if (err == EADDRINUSE)
		snprintf(error, cap,
			"cannot listen on %s: another program has that port; `ss -ltnp sport = "
			":%s` says "
			"which; stop it, or configure another port",
			name, port);
	else if (err == EACCES)
		snprintf(error, cap,
			"cannot listen on %s: ports below net.ipv4.ip_unprivileged_port_start need "
			"CAP_NET_BIND_SERVICE; give it, or configure another port",
			name);
	else if (err == EADDRNOTAVAIL)
		snprintf(error, cap,
			"cannot listen on %s: no interface has that address (`ip address` lists "
			"them); "
			"configure another one",
			name);
	else
		snprintf(error, cap, "cannot listen on %s: %s", name, strerror(err));
	return -err;
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* Accepted sockets inherit all of it. */
static int set_options(int fd, const struct fanout_listener *l, bool shared)
{
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0 ||
		(shared && set(fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0))
		return -errno;
	if (l->address.ss_family == AF_INET6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0)
		return -errno;
	if (set(fd, IPPROTO_TCP, TCP_NODELAY, 1) < 0 ||
		set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS) < 0 ||
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1) < 0 ||
		set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE) < 0 ||
		set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL) < 0 ||
		set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES) < 0)
		return -errno;
	return 0;
}

static int bind_socket(const struct fanout_listener *l, bool shared, bool listening)
{
	int fd = socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	int ret = set_options(fd, l, shared);
	if (ret == 0 && bind(fd, (const struct sockaddr *)&l->address, l->address_len) < 0)
		ret = -errno;
	if (ret == 0 && listening && listen(fd, BACKLOG) < 0)
		ret = -errno;
	if (ret == 0)
		return fd;
	close(fd);
	return ret;
}

static int bind_with_patience(const struct fanout_listener *l, bool shared, bool listening)
{
	const struct timespec pause = {.tv_nsec = BIND_PAUSE_MS * 1000000L};
	int fd = bind_socket(l, shared, listening);

	for (unsigned i = 0; fd == -EADDRINUSE && i < BIND_TRIES; i++) {
		nanosleep(&pause, NULL);
		fd = bind_socket(l, shared, listening);
	}
	return fd;
}

int listener_bind(
	const struct fanout_listener *wanted, bool shared, int *fd, char *error, size_t cap)
{
	int ret = bind_with_patience(wanted, shared, true);

	if (ret < 0)
		return explain(wanted, -ret, error, cap);
	*fd = ret;
	return 0;
}

int listener_probe(const struct fanout_listener *wanted, char *error, size_t cap)
{
	int ret = bind_with_patience(wanted, false, false);

	if (ret < 0)
		return explain(wanted, -ret, error, cap);
	close(ret);
	return 0;
}
