/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Accepting. One submission accepts until the kernel ends it (no IORING_CQE_F_MORE), then it is
 * armed again; if it ended for want of descriptors or memory, not before something was freed or the
 * next second has come, so that it never spins.
 */

#include "fanout/listener.h"

#include "fanout/engine.h"
#include "fanout/http.h"
#include "fanout/mqtt.h"
#include "fanout/tcp_sub.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct protocol *const protocols[] = {
	[FANOUT_TCP] = &tcp_sub_protocol,
	[FANOUT_HTTP] = &http_protocol,
	[FANOUT_MQTT] = &mqtt_protocol,
};

void listener_accept(struct engine_thread *t, unsigned index)
{
	struct listener *l = &t->listeners[index];
	struct io_uring_sqe *sqe = l->closed ? NULL : ring_sqe(&t->ring);

	l->starved = sqe == NULL;
	if (sqe == NULL)
		return;
	io_uring_prep_multishot_accept(sqe, l->fd, NULL, NULL, SOCK_CLOEXEC);
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_ACCEPT, 0, index));
	l->armed = true;
}

void listener_on_accept(struct engine_thread *t, unsigned index, int res, uint32_t flags)
{
	struct listener *l = &t->listeners[index];

	if ((flags & IORING_CQE_F_MORE) == 0)
		l->armed = false;
	if (atomic_load(&t->fanout->stopping) || l->closed) {
		if (res >= 0)
			close(res);
		return;
	}
	if (res >= 0) {
		connection_open(t, res, protocols[l->protocol]);
	} else if (res != -ECONNABORTED && res != -EINTR && res != -EAGAIN && res != -ECANCELED) {
		engine_warn(t, "cannot accept: %s%s", strerror(-res),
			res == -EMFILE ? "; raise the limit of open files (ulimit -n, LimitNOFILE=)"
				       : "");
		l->starved = true;
	}
	if (!l->armed && !l->starved)
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
	for (unsigned i = 0; i < t->fanout->n_listeners; i++) {
		if (t->listeners[i].starved && !t->listeners[i].armed && !t->listeners[i].closed)
			listener_accept(t, i);
	}
}
