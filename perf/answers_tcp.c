/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The plain way: one send() a connection. Connections are on loopback, to a process on another core
 * that reads what comes (sources/tcp_reader.c); what the kernel does for a send() is charged to who
 * sends, the receiving half included, as it would be on two machines only for the first half.
 */

#include "perf/answers.h"
#include "perf/child.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct answers_tcp {
	pid_t reader;
	int n;
	int fds[ANSWERS_CONNECTIONS];
	uint8_t bytes[2 + WIRE_FRAME_MAX]; // as subscribers get them: the length, then the frame
	size_t len;
};

static int listen_on_loopback(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 ||
		listen(fd, ANSWERS_CONNECTIONS) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

static int accept_all(struct answers_tcp *t, int listener)
{
	const struct timeval patience = {.tv_sec = 15};
	int on = 1;

	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (; t->n < ANSWERS_CONNECTIONS; t->n++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return -errno;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		t->fds[t->n] = fd;
	}
	return 0;
}

static int allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_max < ANSWERS_CONNECTIONS + 100 || setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		fprintf(stderr, "%d connections need as many file descriptors: ulimit -n %d\n",
			ANSWERS_CONNECTIONS, 2 * ANSWERS_CONNECTIONS);
		return -EMFILE;
	}
	return 0;
}

static int connect_all(struct answers_tcp *t, const struct bench_cpus *cpus)
{
	char words[2][16];
	const char *argv[] = {"tcp-reader", words[0], words[1], NULL};
	uint16_t port;
	int listener = listen_on_loopback(&port);

	if (listener < 0)
		return -errno;
	snprintf(words[0], sizeof(words[0]), "%u", port);
	snprintf(words[1], sizeof(words[1]), "%d", ANSWERS_CONNECTIONS);
	t->reader = child_start(cpus->cpu[cpus->n - 1], argv);
	int ret = t->reader < 0 ? t->reader : accept_all(t, listener);
	close(listener);
	return ret;
}

int answers_tcp_open(struct answers_tcp **out, const struct bench_cpus *cpus)
{
	struct answers_tcp *t = calloc(1, sizeof(*t));
	int ret = t == NULL ? -ENOMEM : allow_descriptors();

	if (ret == 0)
		ret = connect_all(t, cpus);
	if (ret < 0) {
		fprintf(stderr, "no TCP connections: %s\n", strerror(-ret));
		return ret;
	}
	size_t len = answers_frame(1, t->bytes + 2);
	t->bytes[0] = (uint8_t)(len >> 8);
	t->bytes[1] = (uint8_t)len;
	t->len = 2 + len;
	*out = t;
	return 0;
}

void answers_tcp_close(struct answers_tcp *t)
{
	for (int i = 0; i < t->n; i++)
		close(t->fds[i]);
	child_stop(t->reader);
	free(t);
}

static double thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* A wait for a slow reader takes none of the thread's time. */
double answers_tcp_sample(struct answers_tcp *t, unsigned waves)
{
	double begin = thread_ns();

	for (unsigned wave = 0; wave < waves; wave++) {
		for (int i = 0; i < t->n; i++) {
			if (send(t->fds[i], t->bytes, t->len, MSG_NOSIGNAL) != (ssize_t)t->len)
				return -1;
		}
	}
	return (thread_ns() - begin) / ((double)waves * t->n);
}
