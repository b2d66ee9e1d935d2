/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* One of the processes that hold subscribers, from within. */
#ifndef PERF_FANOUT_HOLDER_RUN_H
#define PERF_FANOUT_HOLDER_RUN_H

#include "perf/fanout/holder.h"

#include <netinet/in.h>
#include <openssl/ssl.h>

struct subscriber {
	int fd;
	SSL *tls;        // or NULL
	uint32_t got;    // bytes of the message under way
	uint8_t step;    // of the dialogue; behind the last one there are frames
	uint8_t matched; // bytes of the answer's end
	bool shaking;    // hands, for TLS
	bool ready;
	uint8_t window[4];
};

struct holder {
	struct arrivals *arrivals;
	const struct dialogue *dialogue;
	struct sockaddr_in to;
	unsigned first; // index
	unsigned n, started, ready;
	bool connecting;
	int epoll, told;
	SSL_CTX *tls; // or NULL
	struct subscriber *subscribers;
};

/*
 * holder_tls.c. A subscriber's TLS on its connected socket; false: it could not be begun, which is
 * said on standard error.
 */
bool holder_tls_begin(struct holder *h, struct subscriber *s);

/* 1: hands are shaken, 0: not yet, -1: they will not be. */
int holder_tls_shake(struct subscriber *s);

/* Like send() and recv(), and never wait: -1 with errno EAGAIN. */
ssize_t holder_send(struct subscriber *s, const void *bytes, size_t len);
ssize_t holder_recv(struct subscriber *s, void *bytes, size_t cap);

/* What a forked process does until the pipe `told` ends. */
_Noreturn void holder_run(struct holder *h, pid_t parent, unsigned cpu);

#endif
