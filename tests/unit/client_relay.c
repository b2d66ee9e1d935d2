/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The relay hands on what comes to its port, and does not go without a word. */

#include "client/clock.h"
#include "client/relay/relay.h"
#include "wire/answer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_uint handed_on, failures_left;
static atomic_int failure;

static struct flow last_flow; // of what was handed on; the relay's thread: rw

/* A device that takes all. */
unsigned device_send(struct device *d, const struct parcel *parcels, unsigned n)
{
	if (n > 0)
		last_flow = parcels[n - 1].flow;
	handed_on += n;
	return n;
}

static atomic_uint answers_left;

/* As the appliance would answer, and what else may lie there. */
static void answer_last(device_handler *handler, void *ctx)
{
	const uint8_t answer[ANSWER_HEAD_LEN] = {ANSWER_MAGIC, 0x10, 0, 1, 10, 0, 0, 0, 0, 0, 0, 5};
	struct flow back = {.v6 = last_flow.v6,
		.source_port = last_flow.destination_port,
		.destination_port = last_flow.source_port};
	uint8_t frame[FRAME_BUILD_MAX];

	memcpy(back.source, last_flow.destination, 16);
	memcpy(back.destination, last_flow.source, 16);
	int len = frame_build(&back, (const uint8_t *)"noise, and no answer", 20, frame);
	handler(ctx, frame, (size_t)len);
	back.source_port++;
	len = frame_build(&back, answer, sizeof(answer), frame);
	handler(ctx, frame, (size_t)len);
	back.source_port--;
	len = frame_build(&back, answer, sizeof(answer), frame);
	frame[len - 20]++; // in a payload or in its padding
	handler(ctx, frame, 30);
	frame[len - 20]--;
	handler(ctx, frame, (size_t)len);
	back.destination[0] = 10; // of the crowd
	len = frame_build(&back, answer, sizeof(answer), frame);
	handler(ctx, frame, (size_t)len);
}

unsigned device_receive(struct device *d, device_handler *handler, void *ctx)
{
	if (answers_left == 0)
		return 0;
	answers_left--;
	answer_last(handler, ctx);
	return 5;
}

bool device_has_link(struct device *d)
{
	return true;
}

int __real_udp_port_receive(struct udp_port *p, struct arrival arrivals[UDP_PORT_BURST]);
int __wrap_udp_port_receive(struct udp_port *p, struct arrival arrivals[UDP_PORT_BURST]);

int __wrap_udp_port_receive(struct udp_port *p, struct arrival arrivals[UDP_PORT_BURST])
{
	if (failures_left == 0)
		return __real_udp_port_receive(p, arrivals);
	failures_left--;
	return failure;
}

static struct relay relay;
static sigset_t term;

/* On a port that the kernel chooses. */
static void start(void)
{
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	cr_assert_eq(sigprocmask(SIG_BLOCK, &term, NULL), 0);
	cr_assert_eq(relay_start(&relay, NULL, 0), 0);
}

static void send_one(void)
{
	struct sockaddr_in to;
	socklen_t len = sizeof(to);
	int fd = relay.ports[0].fd;

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	cr_assert_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, len), 1); // to itself
}

static bool await_handed_on(unsigned n)
{
	uint64_t deadline = clock_now() + 10 * CLOCK_SECOND;

	while (handed_on < n && clock_now() < deadline)
		;
	return handed_on == n;
}

static int connected_to(unsigned v6)
{
	struct sockaddr_storage to;
	socklen_t len = sizeof(to);
	const struct timeval patience = {.tv_sec = 10};
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

	cr_assert_eq(getsockname(relay.ports[v6].fd, (struct sockaddr *)&to, &len), 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, len), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* The first that comes is the answer: what else lies on the device goes nowhere. */
Test(client_relay, answers_come_back_to_who_asked)
{
	static const uint8_t question[20] = {0xfa, 0x12, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5};

	start();
	for (unsigned v6 = 0; v6 < 2; v6++) {
		uint8_t answer[100];

		if (relay.ports[v6].fd < 0)
			continue;
		int fd = connected_to(v6);
		cr_assert_eq(send(fd, question, sizeof(question), 0), sizeof(question));
		cr_assert(await_handed_on(v6 + 1));
		answers_left = 1;
		cr_assert_eq(recv(fd, answer, sizeof(answer), 0), ANSWER_HEAD_LEN);
		cr_expect_eq(answer[0], ANSWER_MAGIC);
		cr_expect_eq(answer[11], 5);
		close(fd);
	}
	cr_assert_eq(relay_stop(&relay), 0);
	cr_expect_eq(relay.answered, handed_on);
}

Test(client_relay, carries_on_when_the_kernel_is_short_of_memory)
{
	failure = -ENOMEM;
	failures_left = 3;
	start();
	send_one();
	cr_expect(await_handed_on(1));
	cr_expect_eq(failures_left, 0);
	cr_expect_eq(relay_stop(&relay), 0);
}

Test(client_relay, says_that_it_cannot_receive_and_ends_the_program)
{
	const struct timespec patience = {.tv_sec = 10};

	failure = -EBADF;
	failures_left = 1;
	start();
	send_one();
	cr_expect_eq(sigtimedwait(&term, NULL, &patience), SIGTERM);
	cr_expect_eq(relay_stop(&relay), -EBADF);
	cr_expect_eq(handed_on, 0);
}
