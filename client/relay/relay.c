/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/relay/relay.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/relay/frame_read.h"
#include "wire/answer.h"
#include "wire/reaction.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
	LINK_POLL_MS = 50,
	LISTEN_SECONDS = 2, // for answers, closely
	LISTEN_POLL_MS = 1,
	LATE_SECONDS = 60, // and now and then, for those of a busy machine
	LATE_POLL_MS = 50,
};

/* Waits before the device is tried again. True if the relay shall end. */
static bool pause_for_device(struct relay *r)
{
	const struct timespec moment = {.tv_nsec = 50000};
	struct pollfd p = {.fd = r->stop, .events = POLLIN};

	if (!device_has_link(r->device))
		return poll(&p, 1, LINK_POLL_MS) > 0;
	return ppoll(&p, 1, &moment, NULL) > 0;
}

static void hand_on(struct relay *r, const struct parcel *parcels, unsigned n)
{
	unsigned done = 0;

	while (done < n) {
		unsigned taken = device_send(r->device, parcels + done, n - done);

		done += taken;
		r->relayed += taken;
		if (done < n && pause_for_device(r))
			return;
	}
}

static bool fits(const struct arrival *a)
{
	return !a->cut && a->len <= (a->flow.v6 ? FRAME_PAYLOAD_MAX_V6 : FRAME_PAYLOAD_MAX_V4);
}

/* The kernel may be short of memory for a while. */
static bool passing(int error)
{
	return error == -ENOMEM || error == -ENOBUFS;
}

static bool asks(const struct arrival *a)
{
	return a->len >= WIRE_HEADER_LEN && a->bytes[0] == REACTION_MAGIC &&
	       (a->bytes[1] & REACTION_ASKS) != 0;
}

/*
 * What lies on the device is not only answers to what came in here: the crowd's viewers have
 * addresses of nobody, and a TAP interface has all that its kernel says.
 */
static bool is_for_here(const struct relay *r, const struct flow *f, const struct frame_payload *p)
{
	static const uint8_t loopback_v6[16] = {[15] = 1};
	bool loopback =
		f->v6 ? memcmp(f->destination, loopback_v6, 16) == 0 : f->destination[0] == 127;

	return loopback && f->source_port == r->ports[f->v6].port && r->ports[f->v6].fd >= 0 &&
	       p->len >= ANSWER_HEAD_LEN && p->bytes[0] == ANSWER_MAGIC;
}

static void hand_back(void *ctx, const uint8_t *frame, size_t len)
{
	struct relay *r = ctx;
	struct frame_payload payload;
	struct flow flow;

	if (frame_read(frame, len, &flow, &payload) < 0 || !is_for_here(r, &flow, &payload))
		return;
	if (udp_port_send(&r->ports[flow.v6], &flow, payload.bytes, payload.len) == 0)
		r->answered++;
}

/* How long to wait for datagrams before the device is looked at again. */
static int patience(const struct relay *r)
{
	uint64_t now = clock_now();

	if (now < r->listen_until)
		return LISTEN_POLL_MS;
	return r->listen_until != 0 && now < r->listen_until + LATE_SECONDS * CLOCK_SECOND
		       ? LATE_POLL_MS
		       : -1;
}

/* What is there on one socket. 0, or -errno. */
static int relay_turn(struct relay *r, struct udp_port *port)
{
	static struct arrival arrivals[UDP_PORT_BURST];
	struct parcel parcels[UDP_PORT_BURST];
	unsigned n = 0;
	int arrived = udp_port_receive(port, arrivals);

	for (int i = 0; i < arrived; i++) {
		if (!fits(&arrivals[i])) {
			r->too_long++;
			continue;
		}
		if (asks(&arrivals[i]))
			r->listen_until = clock_now() + LISTEN_SECONDS * CLOCK_SECOND;
		parcels[n++] = (struct parcel){.flow = arrivals[i].flow,
			.payload = arrivals[i].bytes,
			.len = arrivals[i].len};
	}
	hand_on(r, parcels, n);
	if (passing(arrived)) {
		struct pollfd p = {.fd = r->stop, .events = POLLIN};

		poll(&p, 1, LINK_POLL_MS);
		return 0;
	}
	return arrived < 0 ? arrived : 0;
}

/* 0 when asked to stop, or -errno. */
static int relay_on(struct relay *r)
{
	for (;;) {
		struct pollfd fds[3] = {
			{.fd = r->ports[0].fd, .events = POLLIN},
			{.fd = r->ports[1].fd, .events = POLLIN},
			{.fd = r->stop, .events = POLLIN},
		};
		int ret = 0;

		if (poll(fds, 3, patience(r)) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents != 0)
			return 0;
		for (unsigned i = 0; i < 2 && ret == 0; i++) {
			if (fds[i].revents != 0)
				ret = relay_turn(r, &r->ports[i]);
		}
		if (ret < 0)
			return ret;
		if (r->listen_until != 0)
			device_receive(r->device, hand_back, r);
	}
}

static void *run(void *arg)
{
	struct relay *r = arg;

	r->error = relay_on(r);
	if (r->error < 0) {
		complain("nothing can be received on the UDP port any more: %s",
			strerror(-r->error));
		kill(getpid(), SIGTERM);
	}
	return NULL;
}

static int open_ports(struct relay *r, uint16_t port)
{
	int ret = udp_port_open(&r->ports[0], false, port);

	if (ret < 0) {
		complain("UDP port %u of 127.0.0.1 cannot be had: %s", port, strerror(-ret));
		return ret;
	}
	ret = udp_port_open(&r->ports[1], true, port);
	if (ret == -EADDRNOTAVAIL || ret == -EAFNOSUPPORT)
		return 0; // a machine without IPv6
	if (ret < 0)
		complain("UDP port %u of ::1 cannot be had: %s", port, strerror(-ret));
	return ret;
}

static void close_all(struct relay *r)
{
	udp_port_close(&r->ports[0]);
	udp_port_close(&r->ports[1]);
	if (r->stop >= 0)
		close(r->stop);
	r->stop = -1;
}

int relay_start(struct relay *r, struct device *device, uint16_t port)
{
	*r = (struct relay){.device = device, .ports = {{.fd = -1}, {.fd = -1}}, .stop = -1};
	int ret = open_ports(r, port);

	if (ret == 0) {
		r->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		ret = r->stop < 0 ? -errno : -pthread_create(&r->thread, NULL, run, r);
		if (ret < 0)
			complain("the relay cannot start: %s", strerror(-ret));
	}
	if (ret < 0)
		close_all(r);
	return ret;
}

int relay_stop(struct relay *r)
{
	eventfd_write(r->stop, 1);
	pthread_join(r->thread, NULL);
	close_all(r);
	return r->error;
}
