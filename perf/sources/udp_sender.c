/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Sends the datagrams of a case to a port on loopback, 64 with a system call (UDP_SEGMENT: the
 * kernel cuts one buffer into as many datagrams), as fast as the receiver takes them.
 *
 * udp-sender PORT CASE FIRST-DATAGRAM FD-OF-SHARED-MEMORY
 */

#include "perf/frames.h"
#include "perf/sources/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, LIFE_SECONDS = 120, PAYLOAD_MAX = 600 };

static int open_socket(uint16_t port, int segment)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment)) < 0 ||
		connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return fd;
}

/* Waits until the window has room for a batch; false: the time is over. */
static bool await_room(const struct flow_control *flow, uint64_t sent, time_t until)
{
	while (sent + BATCH - flow->received > flow->window) {
		if (time(NULL) > until)
			return false;
		sched_yield();
	}
	return true;
}

static int send_all(const struct bench_case *c, uint64_t first, int fd, size_t len,
	const struct flow_control *flow)
{
	time_t until = time(NULL) + LIFE_SECONDS;
	uint8_t batch[BATCH * PAYLOAD_MAX];
	uint64_t sent = 0;

	while (await_room(flow, sent, until)) {
		for (unsigned i = 0; i < BATCH; i++)
			frames_payload(c, first + sent + i, batch + i * len, PAYLOAD_MAX);
		if (send(fd, batch, BATCH * len, 0) != (ssize_t)(BATCH * len))
			return -errno;
		sent += BATCH;
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t any[PAYLOAD_MAX];

	if (argc != 5 || strtoul(argv[2], NULL, 10) >= bench_cases_n) {
		fprintf(stderr, "usage: udp-sender PORT CASE FIRST FD\n");
		return 2;
	}
	const struct bench_case *c = &bench_cases[strtoul(argv[2], NULL, 10)];
	const struct flow_control *flow =
		mmap(NULL, sizeof(*flow), PROT_READ, MAP_SHARED, atoi(argv[4]), 0);
	size_t len = frames_payload(c, 0, any, sizeof(any)); // all of a case are as long
	int fd = flow == MAP_FAILED ? -errno : open_socket((uint16_t)atoi(argv[1]), (int)len);
	int ret = fd < 0 ? fd : send_all(c, strtoull(argv[3], NULL, 10), fd, len, flow);
	if (ret < 0)
		fprintf(stderr, "udp-sender: %s\n", strerror(-ret));
	return ret < 0 ? 1 : 0;
}
