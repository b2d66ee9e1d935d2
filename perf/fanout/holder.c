/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/holder_run.h"

#include "wire/bytes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS = 256,
	BYTES = 1 << 16,
	ON_THEIR_WAY = 64, // connections; mosquitto's backlog is 100
	SPIN_NS = 100000,  // so long it looks before it sleeps: a wake-up costs the server's core
	SMALL_BUFFER = 4096,
	PER_ADDRESS = 64,  // subscribers, as if they came from many places
	TELL = UINT32_MAX, // the pipe of the benchmark, among descriptors
};

static void lose(struct holder *h, struct subscriber *s, const char *why)
{
	if (atomic_fetch_add(&h->arrivals->lost, 1) == 0 && why != NULL)
		fprintf(stderr, "a subscriber %s\n", why);
	close(s->fd);
	s->fd = -1;
	arrivals_tell(h->arrivals);
}

static void count_ready(struct holder *h, struct subscriber *s)
{
	s->ready = true;
	h->ready++;
	if (atomic_fetch_add(&h->arrivals->ready, 1) + 1 == h->arrivals->subscribers)
		arrivals_tell(h->arrivals);
}

/* Says what the steps want said, up to the first one that waits for an answer. */
static void go_on(struct holder *h, struct subscriber *s)
{
	const struct dialogue *d = h->dialogue;
	unsigned index = h->first + (unsigned)(s - h->subscribers);
	char words[DIALOGUE_SAY_MAX];

	for (; s->step < d->n_steps; s->step++) {
		size_t len = d->steps[s->step].say(words, index);

		if (len > 0 && holder_send(s, words, len) != (ssize_t)len) {
			lose(h, s, "could not say what it wants");
			return;
		}
		if (d->steps[s->step].until != NULL)
			return;
	}
	if (!d->first_frame)
		count_ready(h, s);
}

/* The bytes of an answer; returns how many. */
static size_t take_answer(struct holder *h, struct subscriber *s, const uint8_t *bytes, size_t len)
{
	const struct dialogue_step *step = &h->dialogue->steps[s->step];
	size_t i = 0;

	while (i < len && s->matched < step->until_len) {
		uint8_t byte = bytes[i++];

		if (byte == (uint8_t)step->until[s->matched]) {
			s->matched++;
		} else if (step->exactly) {
			lose(h, s, "was refused");
			return len;
		} else {
			s->matched = byte == (uint8_t)step->until[0];
		}
	}
	if (s->matched == step->until_len) {
		s->matched = 0;
		s->step++;
		go_on(h, s);
	}
	return i;
}

static bool begins_well(const struct dialogue *d, const uint8_t *bytes, size_t len)
{
	return len < d->prefix_len ||
	       (((bytes[0] ^ d->prefix[0]) & d->first_mask) == 0 &&
		       memcmp(bytes + 1, d->prefix + 1, d->prefix_len - 1) == 0);
}

static void answer_aside(struct holder *h, struct subscriber *s)
{
	const struct dialogue *d = h->dialogue;

	if (holder_send(s, d->aside_answer, d->aside_len) != (ssize_t)d->aside_len)
		lose(h, s, "could not answer");
}

/* The bytes of at most one message; returns how many. */
static size_t take_message(
	struct holder *h, struct subscriber *s, const uint8_t *bytes, size_t len, uint64_t now)
{
	const struct dialogue *d = h->dialogue;
	size_t part = d->message_len - s->got < len ? d->message_len - s->got : len;

	if (s->got == 0 && len >= d->aside_len && d->aside_len > 0 &&
		memcmp(bytes, d->aside, d->aside_len) == 0) {
		answer_aside(h, s);
		return d->aside_len;
	}
	if (s->got == 0 && !begins_well(d, bytes, part)) {
		lose(h, s, "got something that is no frame of this run");
		return len;
	}
	for (unsigned i = 0; i < 4; i++) {
		size_t at = d->window_at + i;

		if (at >= s->got && at < s->got + part)
			s->window[i] = bytes[at - s->got];
	}
	s->got += (uint32_t)part;
	if (s->got < d->message_len)
		return part;
	s->got = 0;
	arrivals_add(h->arrivals, load_be32(s->window), now);
	if (!s->ready)
		count_ready(h, s);
	return part;
}

static void take(struct holder *h, struct subscriber *s, const uint8_t *bytes, ssize_t n)
{
	uint64_t now = arrivals_now();

	for (ssize_t i = 0; i < n && s->fd >= 0;) {
		if (s->step < h->dialogue->n_steps)
			i += (ssize_t)take_answer(h, s, bytes + i, (size_t)(n - i));
		else
			i += (ssize_t)take_message(h, s, bytes + i, (size_t)(n - i), now);
	}
}

/* TLS is read to the end, for what it has taken out of the socket wakes nobody. */
static void read_one(struct holder *h, struct subscriber *s)
{
	static uint8_t bytes[BYTES];
	ssize_t n;

	do {
		n = holder_recv(s, bytes, BYTES);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			lose(h, s, NULL);
		else if (n > 0)
			take(h, s, bytes, n);
	} while (s->tls != NULL && n > 0 && s->fd >= 0);
}

static void shake(struct holder *h, struct subscriber *s)
{
	int ret = holder_tls_shake(s);

	if (ret < 0)
		lose(h, s, "could not shake hands");
	s->shaking = ret == 0;
	if (ret > 0)
		go_on(h, s);
}

static bool stalls(const struct holder *h, unsigned i)
{
	return (h->first + i) % HOLDER_STALLED == HOLDER_STALLED - 1;
}

static bool connect_one(struct holder *h, unsigned i)
{
	const int on = 1, small = SMALL_BUFFER;
	const struct sockaddr_in from = {.sin_family = AF_INET,
		.sin_addr = {htonl(0x7f010001 + (h->first + i) / PER_ADDRESS)}};
	struct subscriber *s = &h->subscribers[i];
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return false;
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (stalls(h, i))
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	s->shaking = h->dialogue->tls;
	return bind(s->fd, (const struct sockaddr *)&from, sizeof(from)) == 0 &&
	       connect(s->fd, (const struct sockaddr *)&h->to, sizeof(h->to)) == 0 &&
	       (!s->shaking || holder_tls_begin(h, s)) &&
	       epoll_ctl(h->epoll, EPOLL_CTL_ADD, s->fd, &event) == 0;
}

static void connect_some(struct holder *h)
{
	while (h->connecting && h->started < h->n && h->started - h->ready < ON_THEIR_WAY) {
		struct subscriber *s = &h->subscribers[h->started];

		if (!connect_one(h, h->started)) {
			perror("connect");
			lose(h, s, "could not connect");
			h->connecting = false;
			return;
		}
		h->started++;
		if (s->shaking)
			shake(h, s);
		else
			go_on(h, s);
	}
}

static void stall(struct holder *h)
{
	for (unsigned i = 0; i < h->started; i++) {
		if (stalls(h, i) && h->subscribers[i].fd >= 0)
			epoll_ctl(h->epoll, EPOLL_CTL_DEL, h->subscribers[i].fd, NULL);
	}
}

/* The benchmark is gone when the pipe ends. */
static void listen_to_benchmark(struct holder *h)
{
	char word = 0;

	if (read(h->told, &word, 1) != 1)
		_exit(0);
	if (word == 'c')
		h->connecting = true;
	else if (word == 's')
		stall(h);
}

static void on_event(struct holder *h, uint32_t who)
{
	struct subscriber *s = &h->subscribers[who];

	if (who == (uint32_t)TELL)
		listen_to_benchmark(h);
	else if (s->fd >= 0 && s->shaking)
		shake(h, s);
	else if (s->fd >= 0)
		read_one(h, s);
}

static _Noreturn void hold(struct holder *h)
{
	struct epoll_event events[EVENTS];
	uint64_t last = 0;

	for (;;) {
		bool sleeps = arrivals_now() - last > SPIN_NS;
		int n = epoll_wait(h->epoll, events, EVENTS, sleeps ? -1 : 0);

		for (int i = 0; i < n; i++)
			on_event(h, events[i].data.u32);
		if (n > 0)
			last = arrivals_now();
		connect_some(h);
	}
}

void holder_run(struct holder *h, pid_t parent, unsigned cpu)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)TELL};
	cpu_set_t set;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(126);
	prctl(PR_SET_NAME, "fanout-holder");
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	h->subscribers = calloc(h->n, sizeof(*h->subscribers));
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (h->subscribers == NULL || h->epoll < 0 ||
		epoll_ctl(h->epoll, EPOLL_CTL_ADD, h->told, &event) < 0) {
		perror("fanout-holder");
		_exit(1);
	}
	hold(h);
}
