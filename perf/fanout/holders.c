/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/holder_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int start_one(struct holders *hs, struct holder *h, unsigned cpu)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		for (unsigned i = 0; i < hs->n; i++)
			close(hs->tell[i]);
		h->told = ends[0];
		holder_run(h, parent, cpu);
	}
	close(ends[0]);
	if (child < 0) {
		close(ends[1]);
		return -errno;
	}
	hs->pids[hs->n] = child;
	hs->tell[hs->n++] = ends[1];
	return 0;
}

int holders_start(struct holders *hs, struct arrivals *a, const struct dialogue *d, uint16_t port,
	unsigned cpu)
{
	unsigned n = (a->subscribers + HOLDER_SUBSCRIBERS_MAX - 1) / HOLDER_SUBSCRIBERS_MAX;
	int ret = n > HOLDERS_MAX ? -E2BIG : 0;

	*hs = (struct holders){.stalled = a->subscribers / HOLDER_STALLED};
	for (unsigned i = 0, first = 0; ret == 0 && i < n; i++) {
		struct holder h = {.arrivals = a,
			.dialogue = d,
			.to = {.sin_family = AF_INET,
				.sin_port = htons(port),
				.sin_addr = {htonl(INADDR_LOOPBACK)}},
			.first = first,
			.n = (a->subscribers - first) / (n - i)};

		first += h.n;
		ret = start_one(hs, &h, cpu);
	}
	if (ret < 0)
		holders_stop(hs);
	return ret;
}

static void tell(struct holders *h, char word)
{
	for (unsigned i = 0; i < h->n; i++) {
		if (write(h->tell[i], &word, 1) != 1)
			perror("fanout-holder");
	}
}

void holders_connect(struct holders *h)
{
	tell(h, 'c');
}

void holders_stall(struct holders *h, struct arrivals *a)
{
	atomic_store(&a->awaited, a->subscribers - h->stalled);
	tell(h, 's');
}

void holders_stop(struct holders *h)
{
	for (unsigned i = 0; i < h->n; i++) {
		close(h->tell[i]);
		kill(h->pids[i], SIGKILL);
		while (waitpid(h->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	}
	h->n = 0;
}
