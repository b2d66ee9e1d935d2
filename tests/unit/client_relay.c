/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The relay hands on what comes to its port, and does not go without a word. */

#include "client/clock.h"
#include "client/relay/relay.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>

static atomic_uint handed_on, failures_left;
static atomic_int failure;

/* A device that takes all. */
unsigned device_send(struct device *d, const struct parcel *parcels, unsigned n)
{
	handed_on += n;
	return n;
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
