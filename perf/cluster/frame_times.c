/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A subscriber that tells when each frame reached its socket: a line of channel, window, its end in
 * Unix milliseconds, taps, and the arrival in Unix nanoseconds. Until the other end closes.
 *
 * frame-times ADDRESS PORT CHANNELS
 */

#include "wire/bytes.h"
#include "wire/frame.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LENGTH = 2, BYTES = 1 << 18 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int subscribe(const char *address, uint16_t port, const char *channels)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
		connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 ||
		dprintf(fd, "SUB %s\n", channels) < 0)
		return -1;
	return fd;
}

/* Returns how many bytes of them were whole frames, or -1. */
static ssize_t tell(const uint8_t *bytes, size_t n, uint64_t at)
{
	size_t told = 0;

	while (n - told >= LENGTH) {
		size_t len = load_be16(bytes + told);
		struct frame f;

		if (n - told < LENGTH + len)
			break;
		if (frame_decode(bytes + told + LENGTH, len, &f) < 0)
			return -1;
		printf("%u %u %lu %u %lu\n", f.channel, f.window, (unsigned long)f.ends, f.taps,
			(unsigned long)at);
		told += LENGTH + len;
	}
	return (ssize_t)told;
}

static int watch(int fd)
{
	static uint8_t bytes[BYTES];
	size_t n = 0;

	for (;;) {
		ssize_t got = recv(fd, bytes + n, BYTES - n, 0);
		uint64_t at = now_ns();

		if (got <= 0)
			return 0;
		n += (size_t)got;
		ssize_t told = tell(bytes, n, at);
		if (told < 0)
			return -1;
		n -= (size_t)told;
		memmove(bytes, bytes + told, n);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? subscribe(argv[1], (uint16_t)strtoul(argv[2], NULL, 10), argv[3]) : -1;

	if (fd < 0) {
		perror("frame-times ADDRESS PORT CHANNELS");
		return 1;
	}
	if (watch(fd) < 0) {
		fprintf(stderr, "frame-times: what came is no frame\n");
		return 1;
	}
	return 0;
}
