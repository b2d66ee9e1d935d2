/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/socket_buffer.h"

#include <sys/socket.h>

enum { BINARY_BYTES = 4608, JSON_BYTES = 8192, ALL_BYTES = 262144 };

void socket_buffer_bound(int fd, enum topic_kind kind, unsigned channels)
{
	int bytes = kind == TOPIC_JSON ? JSON_BYTES : BINARY_BYTES;

	bytes = channels > ALL_BYTES / (unsigned)bytes ? ALL_BYTES : bytes * (int)channels;
	/* A refusal only leaves the default, which works. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}
