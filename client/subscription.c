/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/subscription.h"

#include "client/clock.h"
#include "wire/bytes.h"
#include "wire/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { PAUSE_FIRST_MS = 250, PAUSE_LAST_MS = 8000 };

/* The place of the last of those that follow each other by one. */
static unsigned end_of_run(const uint16_t *channels, unsigned n, unsigned i)
{
	while (i + 1 < n && channels[i + 1] == channels[i] + 1)
		i++;
	return i;
}

int subscription_init(struct subscription *s, const struct endpoint *from, const uint16_t *channels,
	unsigned n, bool json)
{
	const char *end = json ? " json\n" : "\n";
	size_t len = 0, cap = SUBSCRIPTION_LINE_MAX + 1 - strlen(end);

	memset(s, 0, offsetof(struct subscription, buffer));
	s->fd = -1;
	s->from = *from;
	s->json = json;
	for (unsigned i = 0, last; i < n; i = last + 1) {
		const char *before = i == 0 ? "SUB " : ",";

		last = end_of_run(channels, n, i);
		len += (size_t)snprintf(s->line + len, cap - len, "%s%u", before, channels[i]);
		if (last > i && len < cap)
			len += (size_t)snprintf(s->line + len, cap - len, "%s%u",
				last > i + 1 ? "-" : ",", channels[last]);
		if (len >= cap)
			return -E2BIG;
	}
	memcpy(s->line + len, end, strlen(end) + 1);
	s->line_len = len + strlen(end);
	return 0;
}

void subscription_close(struct subscription *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SUBSCRIPTION_LOST;
}

/* Half of the pause is certain, half is chance, so that a crowd does not come back at once. */
static int lose(struct subscription *s, int error)
{
	unsigned shift = s->attempts < 5 ? s->attempts : 5;
	uint64_t pause = (uint64_t)PAUSE_FIRST_MS << shift;
	uint32_t chance = 0;

	if (pause > PAUSE_LAST_MS)
		pause = PAUSE_LAST_MS;
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
		chance = (uint32_t)clock_now();
	subscription_close(s);
	s->attempts++;
	s->error = error;
	s->retry_at = clock_now() + (pause / 2 + chance % (pause / 2 + 1)) * CLOCK_MS;
	return 1;
}

static int ask(struct subscription *s)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return lose(s, -errno);
	if (error != 0)
		return lose(s, -error);
	// a new socket has room for 512 bytes
	ssize_t n = send(s->fd, s->line, s->line_len, MSG_NOSIGNAL);
	if (n != (ssize_t)s->line_len)
		return lose(s, n < 0 ? -errno : -EPROTO);
	s->state = SUBSCRIPTION_OPEN;
	s->filled = 0;
	return 0;
}

static int connect_now(struct subscription *s)
{
	struct sockaddr_storage address;
	socklen_t len;
	int ret = endpoint_resolve(&s->from, SOCK_STREAM, &address, &len);

	if (ret < 0)
		return lose(s, ret);
	s->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return lose(s, -errno);
	s->state = SUBSCRIPTION_CONNECTING;
	if (connect(s->fd, (struct sockaddr *)&address, len) == 0)
		return ask(s);
	return errno == EINPROGRESS ? 0 : lose(s, -errno);
}

static int refused(struct subscription *s, const uint8_t *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 4; i < len && n < sizeof(s->refusal) - 1; i++)
		s->refusal[n++] = line[i] >= 0x20 && line[i] < 0x7f ? (char)line[i] : '?';
	s->refusal[n] = '\0';
	subscription_close(s);
	return -EPERM;
}

/* A whole line at the beginning of the bytes: its length with its end, or 0. */
static size_t line_length(const uint8_t *at, size_t len)
{
	const uint8_t *end = memchr(at, '\n', len);

	return end == NULL ? 0 : (size_t)(end - at) + 1;
}

/* Cuts one message off; returns its bytes, 0 if more must come, or the result of s->lose. */
static int take_message(struct subscription *s, const uint8_t *at, size_t len, size_t *used,
	subscription_handler *handler, void *ctx)
{
	bool text = s->json || at[0] == 'E'; // no length begins with E
	size_t whole, skip = text ? 0 : 2;

	*used = 0;
	if (text)
		whole = line_length(at, len);
	else
		whole = len < 2 ? 0 : 2 + (size_t)load_be16(at);
	if (!text && whole > 2 + WIRE_FRAME_MAX)
		return lose(s, -EPROTO);
	if (whole == 0 || whole > len)
		return 0;
	*used = whole;
	size_t end = whole;
	while (text && end > 0 && (at[end - 1] == '\n' || at[end - 1] == '\r'))
		end--;
	if (text && end >= 3 && memcmp(at, "ERR", 3) == 0)
		return refused(s, at, end);
	s->attempts = 0;
	return handler(ctx, at + skip, end - skip);
}

static int take_messages(struct subscription *s, subscription_handler *handler, void *ctx)
{
	size_t at = 0, used = 1;
	int ret = 0;

	while (ret == 0 && at < s->filled && used > 0) {
		ret = take_message(s, s->buffer + at, s->filled - at, &used, handler, ctx);
		at += used;
	}
	memmove(s->buffer, s->buffer + at, s->filled - at);
	s->filled -= at;
	if (ret == 0 && s->filled == sizeof(s->buffer))
		return lose(s, -EMSGSIZE);
	return ret;
}

static int receive(struct subscription *s, subscription_handler *handler, void *ctx)
{
	ssize_t n = recv(s->fd, s->buffer + s->filled, sizeof(s->buffer) - s->filled, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : lose(s, -errno);
	if (n == 0)
		return lose(s, 0);
	s->filled += (size_t)n;
	return take_messages(s, handler, ctx);
}

int subscription_turn(
	struct subscription *s, short revents, subscription_handler *handler, void *ctx)
{
	switch (s->state) {
	case SUBSCRIPTION_LOST:
		return clock_now() < s->retry_at ? 0 : connect_now(s);
	case SUBSCRIPTION_CONNECTING:
		return revents == 0 ? 0 : ask(s);
	case SUBSCRIPTION_OPEN:
		return revents == 0 ? 0 : receive(s, handler, ctx);
	}
	return 0;
}

struct pollfd subscription_poll(const struct subscription *s)
{
	return (struct pollfd){
		.fd = s->fd, .events = s->state == SUBSCRIPTION_CONNECTING ? POLLOUT : POLLIN};
}

int subscription_timeout(const struct subscription *s)
{
	return s->state == SUBSCRIPTION_LOST ? clock_left_ms(s->retry_at) : -1;
}
