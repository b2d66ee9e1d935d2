/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The answer to one datagram, awaited and put into words. */
#ifndef CLIENT_RECEIPT_H
#define CLIENT_RECEIPT_H

#include "wire/answer.h"

#include <stdio.h>

/*
 * Waits on the connected socket until the deadline (of clock_now()) for an answer to that session
 * and sequence; what is none is passed over. 0, -ETIMEDOUT, or -errno of the socket.
 */
int receipt_await(
	int fd, uint64_t session, uint32_t sequence, uint64_t deadline, struct answer *out);

/* One line, its end included. */
void receipt_print(FILE *to, const struct answer *a);

#endif
