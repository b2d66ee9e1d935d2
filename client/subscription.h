/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A subscription to channels over TCP (docs/protocol.md, section 3), driven by the caller's poll
 * loop: it connects, asks, cuts the stream into messages, and after a lost connection tries again
 * with growing, jittered pauses.
 */
#ifndef CLIENT_SUBSCRIPTION_H
#define CLIENT_SUBSCRIPTION_H

#include "client/endpoint.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SUBSCRIPTION_LINE_MAX = 512,      // of the request, its end included
	SUBSCRIPTION_MESSAGE_MAX = 16384, // the longest JSON line taken
};

struct subscription {
	struct endpoint from;
	bool json;
	char line[SUBSCRIPTION_LINE_MAX + 1];
	size_t line_len;

	enum { SUBSCRIPTION_LOST, SUBSCRIPTION_CONNECTING, SUBSCRIPTION_OPEN } state;
	int fd;            // -1 while lost
	unsigned attempts; // since the last message
	uint64_t retry_at; // while lost, by clock_now()
	int error;         // why it was lost last: -errno, 0 if the peer closed
	char refusal[128]; // the reason of an ERR line, made printable
	size_t filled;
	uint8_t buffer[SUBSCRIPTION_MESSAGE_MAX];
};

/* Called per message: a frame's bytes, or a JSON line without its end. Non-zero stops reading. */
typedef int subscription_handler(void *ctx, const uint8_t *message, size_t len);

/*
 * Prepares it; the first attempt to connect comes with the first subscription_turn(). 0, or -E2BIG
 * if the channels do not fit in one request.
 */
int subscription_init(struct subscription *s, const struct endpoint *from, const uint16_t *channels,
	unsigned n, bool json);

/* What to poll for (fd -1: nothing), and for how long at most in ms (-1: for ever). */
struct pollfd subscription_poll(const struct subscription *s);
int subscription_timeout(const struct subscription *s);

/*
 * Does what can be done now, revents being what poll found. 0; 1 if the connection was lost in
 * this turn (it will be tried again); -EPERM if the appliance refused, the reason in s->refusal; or
 * what the handler returned.
 */
int subscription_turn(
	struct subscription *s, short revents, subscription_handler *handler, void *ctx);

void subscription_close(struct subscription *s);

#endif
