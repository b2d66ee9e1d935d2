/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The floor: accepts whoever comes, and sends each payload that comes on standard input, with its
 * length before it, to all of them, by one send() each. It keeps the newest for those who come
 * later, zeros at first. Nothing is read, nobody is checked, a full socket misses a frame.
 *
 * fanout-floor PORT
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SUBSCRIBERS_MAX = 32768, PAYLOAD_LEN = 180, PAYLOAD_MAX = 256, BACKLOG = 4096 };

struct floor {
	int listener;
	unsigned n;
	int fds[SUBSCRIBERS_MAX];
	uint8_t bytes[2 + PAYLOAD_MAX];
	size_t len;
};

static int listen_on(const char *port)
{
	const struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, BACKLOG) < 0) {
		perror("fanout-floor");
		return -1;
	}
	return fd;
}

static void send_one(const struct floor *f, int fd)
{
	send(fd, f->bytes, f->len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void accept_all(struct floor *f)
{
	int fd;

	while (f->n < SUBSCRIBERS_MAX &&
		(fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		f->fds[f->n++] = fd;
		send_one(f, fd);
	}
}

static void set_length(struct floor *f, size_t n)
{
	f->bytes[0] = (uint8_t)(n >> 8);
	f->bytes[1] = (uint8_t)n;
	f->len = 2 + n;
}

/* False at the end of the input. */
static bool take_payload(struct floor *f)
{
	ssize_t n = read(0, f->bytes + 2, PAYLOAD_MAX);

	if (n <= 0)
		return false;
	set_length(f, (size_t)n);
	for (unsigned i = 0; i < f->n; i++)
		send_one(f, f->fds[i]);
	return true;
}

static bool allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

int main(int argc, char **argv)
{
	static struct floor f;
	bool open = true;

	if (argc != 2 || !allow_descriptors())
		return 2;
	f.listener = listen_on(argv[1]);
	if (f.listener < 0)
		return 1;
	set_length(&f, PAYLOAD_LEN);
	while (open) {
		struct pollfd of[] = {
			{.fd = 0, .events = POLLIN}, {.fd = f.listener, .events = POLLIN}};

		poll(of, 2, -1);
		if (of[1].revents != 0)
			accept_all(&f);
		if (of[0].revents != 0)
			open = take_payload(&f);
	}
	return 0;
}
