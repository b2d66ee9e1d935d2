/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/ring_probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* An answer is there when the submission returns; the patience is for one that parks. */
enum { SEND_BUFFER = 4608, TOO_MUCH = 256 << 10, PATIENCE_MS = 500, PARKED = INT32_MIN };

/* Not on the stack: one that parks may outlive the probe. */
static uint8_t payload[TOO_MUCH];

/* What the next completion says, or PARKED. */
static int result(struct ring *r)
{
	struct __kernel_timespec patience = {.tv_nsec = PATIENCE_MS * 1000000LL};
	struct io_uring_cqe *cqe = NULL;
	int ret, res;

	do
		ret = io_uring_submit_and_wait_timeout(&r->uring, &cqe, 1, &patience, NULL);
	while (ret == -EINTR);
	if (cqe == NULL)
		return PARKED;
	res = cqe->res;
	io_uring_cqe_seen(&r->uring, cqe);
	return res;
}

/* Sends more than fits. */
static int send_too_much(struct ring *r, int fd, int flags)
{
	io_uring_prep_send(ring_sqe(r), fd, payload, sizeof(payload), flags);
	return result(r);
}

static int fail(char *error, size_t cap, const char *what, int res)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", res);
	snprintf(error, cap,
		"this kernel's io_uring cannot be used: %s (result: %s); take a kernel that is "
		"newer "
		"(6.1 or later is needed)",
		what, res == PARKED ? "none" : number);
	return -ENOTSUP;
}

static int judge(int first, int taken, int second, char *error, size_t cap)
{
	if (first == PARKED)
		return fail(error, cap, "a send of more than fits does not end", first);
	if (first <= 0 || first != taken)
		return fail(
			error, cap, "a send of more than fits does not say how much did", first);
	if (second != -EAGAIN)
		return fail(error, cap, "a send to a full socket does not end at once", second);
	return 0;
}

int ring_probe(struct ring *r, int flags, char *error, size_t cap)
{
	int size = SEND_BUFFER, taken = 0, second = PARKED;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		int ret = -errno;

		snprintf(error, cap, "no pair of sockets to try the io_uring with: %s",
			strerror(-ret));
		return ret;
	}
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	int first = send_too_much(r, pair[0], flags);
	ioctl(pair[1], FIONREAD, &taken);
	if (first != PARKED)
		second = send_too_much(r, pair[0], flags);
	if (second == PARKED) { // makes it end
		shutdown(pair[0], SHUT_RDWR);
		result(r);
	}
	close(pair[0]);
	close(pair[1]);
	return judge(first, taken, second, error, cap);
}
