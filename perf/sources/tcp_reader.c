/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Subscribers that read what comes and forget it, until the other end closes or SIGTERM.
 *
 * tcp-reader PORT CONNECTIONS
 */

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BYTES = 1 << 16 };

static int connect_one(int epoll, uint16_t port)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -1;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* How many connections have ended. */
static unsigned read_some(int epoll)
{
	static char bytes[BYTES];
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, -1);
	unsigned ended = 0;

	for (int i = 0; i < n; i++) {
		if (recv(events[i].data.fd, bytes, BYTES, MSG_DONTWAIT) == 0) {
			close(events[i].data.fd);
			ended++;
		}
	}
	return ended;
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc != 3 || epoll < 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 2;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	unsigned open = (unsigned)strtoul(argv[2], NULL, 10);
	for (unsigned i = 0; i < open; i++) {
		if (connect_one(epoll, (uint16_t)strtoul(argv[1], NULL, 10)) < 0) {
			perror("tcp-reader");
			return 1;
		}
	}
	while (open > 0)
		open -= read_some(epoll);
	return 0;
}
