/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a program without DPDK does: recvmmsg(), 64 datagrams a call, then the same decoding and
 * counting. The kernel's work of receiving is done on loopback by the sender's core; what is
 * measured is the CPU time of the receiving thread alone, so a network card would cost more.
 */

#include "perf/bench.h"
#include "perf/child.h"
#include "perf/sources/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	BATCH = 64,
	ROOM = WIRE_PAYLOAD_MAX + 1,
	SAMPLE = 8192,
	RECEIVE_BUFFER = 8 << 20,
	BYTES_EACH = 2048, // more than the kernel takes for a small datagram
};

static const double seconds = 3; // a case

struct receiver {
	int fd;
	int shared;
	struct flow_control *flow;
	pid_t sender;
	struct rig rig;
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	uint8_t payloads[BATCH][ROOM];
};

struct cost {
	double cpu_ns, wall_ns; // a datagram
};

static double now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The default limit of the machine, unless we may go over it. */
static void widen(struct receiver *r)
{
	int size = RECEIVE_BUFFER;
	socklen_t len = sizeof(size);

	if (setsockopt(r->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(r->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	getsockopt(r->fd, SOL_SOCKET, SO_RCVBUF, &size, &len);
	r->flow->window = (uint64_t)size / BYTES_EACH;
}

static int open_socket(struct receiver *r, uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {.tv_sec = 2};
	socklen_t len = sizeof(at);

	r->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0 || bind(r->fd, (struct sockaddr *)&at, len) < 0 ||
		getsockname(r->fd, (struct sockaddr *)&at, &len) < 0 ||
		setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	*port = ntohs(at.sin_port);
	widen(r);
	return 0;
}

static int share(struct receiver *r)
{
	r->shared = memfd_create("flow", 0); // the sender inherits it
	if (r->shared < 0 || ftruncate(r->shared, sizeof(*r->flow)) < 0)
		return -errno;
	r->flow = mmap(NULL, sizeof(*r->flow), PROT_READ | PROT_WRITE, MAP_SHARED, r->shared, 0);
	return r->flow == MAP_FAILED ? -errno : 0;
}

static int start_sender(struct bench *b, struct receiver *r, uint16_t port, unsigned number)
{
	char words[4][24];
	const char *argv[] = {"udp-sender", words[0], words[1], words[2], words[3], NULL};

	snprintf(words[0], sizeof(words[0]), "%u", port);
	snprintf(words[1], sizeof(words[1]), "%u", number);
	snprintf(words[2], sizeof(words[2]), "%" PRIu64, r->rig.first);
	snprintf(words[3], sizeof(words[3]), "%d", r->shared);
	r->sender = child_start(b->cpus.cpu[b->cpus.n - 1], argv);
	return r->sender < 0 ? r->sender : 0;
}

static void close_receiver(struct receiver *r)
{
	if (r->sender > 0)
		child_stop(r->sender);
	if (r->flow != NULL && r->flow != MAP_FAILED)
		munmap(r->flow, sizeof(*r->flow));
	if (r->shared >= 0)
		close(r->shared);
	if (r->fd >= 0)
		close(r->fd);
	rig_close(&r->rig);
}

static int open_receiver(struct bench *b, struct receiver *r, unsigned number)
{
	uint16_t port = 0;
	int ret = rig_open(&r->rig, &bench_cases[number], 1);

	if (ret < 0)
		return ret;
	r->fd = r->shared = -1;
	r->sender = 0;
	r->flow = NULL;
	for (unsigned i = 0; i < BATCH; i++) {
		r->parts[i] = (struct iovec){r->payloads[i], ROOM};
		r->messages[i].msg_hdr = (struct msghdr){.msg_iov = &r->parts[i], .msg_iovlen = 1};
	}
	ret = share(r);
	if (ret == 0)
		ret = open_socket(r, &port);
	if (ret == 0)
		ret = start_sender(b, r, port, number);
	if (ret == 0)
		return 0;
	fprintf(stderr, "recvmmsg: no socket or no sender: %s\n", strerror(-ret));
	close_receiver(r);
	return ret;
}

static void take(struct receiver *r, unsigned n)
{
	struct worker_stats *s = &r->rig.blocks[0].stats;

	for (unsigned i = 0; i < n; i++) {
		enum refusal why = counter_take(
			&r->rig.workers[0].counter, r->payloads[i], r->messages[i].msg_len);

		if (why == REFUSED_none)
			s->accepted++;
		else
			s->refused[why]++;
	}
	s->rx += n;
}

/* 0, or -errno: -EAGAIN when nothing has come for long. */
static int receive(struct receiver *r, bool count, struct cost *cost)
{
	double cpu = now_ns(CLOCK_THREAD_CPUTIME_ID), wall = now_ns(CLOCK_MONOTONIC);
	unsigned done = 0, sum = 0;

	while (done < SAMPLE) {
		int n = recvmmsg(r->fd, r->messages, BATCH, MSG_WAITFORONE, NULL);

		if (n < 0)
			return -errno;
		if (count)
			take(r, (unsigned)n);
		else
			for (int i = 0; i < n; i++)
				sum += r->payloads[i][0];
		done += (unsigned)n;
		atomic_fetch_add_explicit(&r->flow->received, (unsigned)n, memory_order_release);
	}
	__asm__ volatile("" : : "r"(sum));
	cost->cpu_ns = (now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu) / done;
	cost->wall_ns = (now_ns(CLOCK_MONOTONIC) - wall) / done;
	return 0;
}

static int sample(struct receiver *r, double ticks_a_ns, struct samples *s, double *wall_ns)
{
	struct cost alone, counted;
	int ret = receive(r, false, &alone);

	if (ret == 0)
		ret = receive(r, true, &counted);
	if (ret < 0)
		return ret;
	samples_add(s, alone.cpu_ns * ticks_a_ns, counted.cpu_ns * ticks_a_ns);
	*wall_ns += counted.wall_ns;
	return 0;
}

static int measure(struct bench *b, unsigned number)
{
	static struct receiver r;
	static struct samples samples;
	double ticks_a_ns = b->report.machine.tsc_hz / 1e9, wall_ns = 0;
	int ret = open_receiver(b, &r, number);

	if (ret < 0)
		return ret;
	samples_begin(&samples, bench_seconds(b, seconds), 0);
	while (ret == 0 && samples_wanted(&samples))
		ret = sample(&r, ticks_a_ns, &samples, &wall_ns);
	samples_end(&samples);
	bool good = ret < 0 || rig_accepted_all(&r.rig);
	close_receiver(&r);
	if (!good)
		return -EPROTO;
	struct report_row row =
		report_row("recvmmsg", bench_cases[number].name, "receive and touch");
	row.whole = true;
	row.ordinary = r.rig.ordinary;
	if (ret < 0) {
		report_skip(&b->report, row, "the socket: %s%s", strerror(-ret),
			ret == -EAGAIN ? " (datagrams were lost)" : "");
		return 0;
	}
	row.mpps_all = 1e3 / (wall_ns / samples.n);
	report_add(&b->report, row, &samples);
	return 0;
}

int recvmmsg_run(struct bench *b)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < bench_cases_n; i++) {
		if ((bench_cases[i].by & BY_RECVMMSG) != 0)
			ret = measure(b, i);
	}
	return ret;
}
