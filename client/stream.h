/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A stream socket used under one deadline: connect, send a request, read the answer to its end. A
 * peer that stalls or never stops sending costs the deadline or the bound, and no more.
 */
#ifndef CLIENT_STREAM_H
#define CLIENT_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* A connected socket, or -errno; -ETIMEDOUT after the deadline (of clock_now()). */
int stream_connect(const struct sockaddr *address, socklen_t len, uint64_t deadline);

int stream_send(int fd, const void *bytes, size_t len, uint64_t deadline);

/*
 * Reads until the peer closes, at most max bytes (-EMSGSIZE beyond). *bytes is the caller's to free
 * and ends in a zero that *len does not count. 0, or -errno.
 */
int stream_read_all(int fd, size_t max, uint64_t deadline, char **bytes, size_t *len);

#endif
