/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Accepting. One submission accepts until the kernel ends it (no IORING_CQE_F_MORE), then it is
 * armed again. With a limit on how many are accepted a second, each submission accepts one, and
 * there are no more of them than may be accepted now; the others wait in the kernel's backlog.
 *
 * If there is no descriptor left, a spare one is given up, and whoever comes next gets it, to be
 * told so. Without even that, or without memory, nothing is armed before something was freed or the
 * next second has come. So it never spins.
 */

#include "fanout/listener.h"

#include "fanout/engine.h"
#include "fanout/http.h"
#include "fanout/mqtt.h"
#include "fanout/tcp_sub.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of one listener, with a limit a second: so that other work of this thread comes in between. */
enum { ACCEPTS_AT_ONCE = 64 };

static const struct protocol *const protocols[] = {
	[FANOUT_TCP] = &tcp_sub_protocol,
	[FANOUT_HTTP] = &http_protocol,
	[FANOUT_MQTT] = &mqtt_protocol,
};

const struct protocol *listener_protocol(const struct listener *l)
{
	return protocols[l->protocol];
}

static bool arm(struct engine_thread *t, unsigned index)
{
	struct listener *l = &t->listeners[index];
	bool mute = l->closed || atomic_load(&t->fanout->holding);
	struct io_uring_sqe *sqe = mute ? NULL : ring_sqe(&t->ring);

	if (sqe == NULL)
		return false;
	if (t->accept_rate.per_second == 0)
		io_uring_prep_multishot_accept(sqe, l->fd, NULL, NULL, SOCK_CLOEXEC);
	else
		io_uring_prep_accept(sqe, l->fd, NULL, NULL, SOCK_CLOEXEC);
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_ACCEPT, 0, index));
	l->armed++;
	return true;
}

void listener_accept(struct engine_thread *t, unsigned index)
{
	struct listener *l = &t->listeners[index];
	uint32_t wanted = 1;

	if (t->accept_rate.per_second != 0)
		wanted = accept_rate_credit(&t->accept_rate, engine_clock_ms());
	if (wanted > ACCEPTS_AT_ONCE)
		wanted = ACCEPTS_AT_ONCE;
	l->starved = false;
	while (l->armed < wanted && !l->starved)
		l->starved = !arm(t, index);
}

static void take_spare(struct engine_thread *t)
{
	if (t->spare_fd < 0)
		t->spare_fd = eventfd(0, EFD_CLOEXEC);
}

static void accepted(struct engine_thread *t, const struct listener *l, int fd)
{
	accept_rate_spend(&t->accept_rate);
	take_spare(t); // if it was given up: is there another one meanwhile?
	if (t->spare_fd >= 0)
		connection_open(t, fd, l);
	else
		connection_open_refused(t, fd, l, FANOUT_REFUSED_descriptors);
}

static void failed(struct engine_thread *t, struct listener *l, int error)
{
	bool spare = t->spare_fd >= 0 && (error == EMFILE || error == ENFILE);

	engine_warn(t, WARNING_ACCEPT, "cannot accept: %s%s", strerror(error),
		error == EMFILE ? "; raise the limit of open files (ulimit -n, LimitNOFILE=)" : "");
	if (spare)
		close(t->spare_fd);
	if (spare)
		t->spare_fd = -1;
	l->starved = !spare;
}

void listener_on_accept(struct engine_thread *t, unsigned index, int res, uint32_t flags)
{
	struct listener *l = &t->listeners[index];

	if ((flags & IORING_CQE_F_MORE) == 0)
		l->armed--;
	if (atomic_load(&t->fanout->stopping) || l->closed) {
		if (res >= 0)
			close(res);
		return;
	}
	if (res >= 0)
		accepted(t, l, res);
	else if (res != -ECONNABORTED && res != -EINTR && res != -EAGAIN && res != -ECANCELED)
		failed(t, l, -res);
	if (!l->starved)
		listener_accept(t, index);
}

/* A shutdown ends the accept that is under way; the descriptor is closed with the thread. */
void listeners_close(struct engine_thread *t)
{
	for (unsigned i = 0; i < t->fanout->n_listeners; i++) {
		t->listeners[i].closed = true;
		shutdown(t->listeners[i].fd, SHUT_RDWR);
	}
}

void listeners_resume(struct engine_thread *t)
{
	if (atomic_load(&t->fanout->stopping))
		return;
	take_spare(t);
	for (unsigned i = 0; i < t->fanout->n_listeners; i++) {
		if (t->listeners[i].armed == 0 && !t->listeners[i].closed)
			listener_accept(t, i);
	}
}

uint32_t listeners_wait_ms(const struct engine_thread *t)
{
	for (unsigned i = 0; t->accept_rate.per_second != 0 && i < t->fanout->n_listeners; i++) {
		const struct listener *l = &t->listeners[i];

		if (l->armed == 0 && !l->starved && !l->closed)
			return accept_rate_wait_ms(&t->accept_rate);
	}
	return UINT32_MAX;
}
