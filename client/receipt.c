/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/receipt.h"

#include "client/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static bool is_wanted(
	const uint8_t *bytes, ssize_t len, uint64_t session, uint32_t sequence, struct answer *out)
{
	return answer_decode(bytes, (size_t)len, out) == 0 && out->session == session &&
	       out->sequence == sequence;
}

int receipt_await(
	int fd, uint64_t session, uint32_t sequence, uint64_t deadline, struct answer *out)
{
	uint8_t bytes[ANSWER_MAX + 1];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int n = poll(&p, 1, clock_left_ms(deadline));

		if (n == 0)
			return -ETIMEDOUT;
		ssize_t len = n > 0 ? recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) : -1;
		if (len < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (len >= 0 && is_wanted(bytes, len, session, sequence, out))
			return 0;
	}
}

void receipt_print(FILE *to, const struct answer *a)
{
	static const char *const words[ANSWER_STATUSES] = {
		[ANSWER_COUNTED] = "counted",
		[ANSWER_DUPLICATE] = "not counted: it was before, or is too old",
		[ANSWER_LIMITED] = "not counted: beyond a limit",
		[ANSWER_NOTHING] = "nothing was reported",
		[ANSWER_UNKNOWN] = "not counted: unknown channel or reaction",
	};

	fprintf(to, "channel %u, sequence %u: %s; the next datagram in %u.%u s at the earliest\n",
		a->channel, a->sequence, words[a->status], a->pace / ANSWER_PACE_HZ,
		a->pace % ANSWER_PACE_HZ);
}
