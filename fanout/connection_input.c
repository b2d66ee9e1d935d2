/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a connection receives. It waits for bytes with one poll, which costs the kernel less memory
 * than a receive, and reads them into a buffer of the thread. A connection that is paused waits for
 * none, so a client that asks faster than it reads is held back by TCP, not by memory of ours.
 */

#include "fanout/connection.h"

#include "fanout/connection_proxy.h"
#include "fanout/connection_tls.h"
#include "fanout/engine.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

void connection_receive(struct connection *c)
{
	if (c->receiving || c->closing || c->ended || c->paused || c->waiting)
		return;
	struct io_uring_sqe *sqe = ring_sqe(&c->thread->ring);
	if (sqe == NULL) {
		connection_close(c);
		return;
	}
	io_uring_prep_poll_add(sqe, c->fd, POLLIN);
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_RECEIVE, c->generation,
					     (uint32_t)(c - c->thread->connections.slots)));
	c->receiving = true;
	c->inflight++;
}

void connection_deliver(struct connection *c, uint8_t *bytes, size_t len)
{
	if (!c->finishing && !c->closing)
		c->protocol->on_input(c, bytes, len);
}

void connection_on_end(struct connection *c)
{
	c->ended = true;
	if (c->shut || connection_tls_is_shaking(c))
		connection_close(c);
	else if (!c->finishing)
		c->protocol->on_end(c);
}

void connection_read(struct connection *c)
{
	struct engine_thread *t = c->thread;
	ssize_t n = recv(c->fd, t->input, sizeof(t->input), MSG_DONTWAIT);

	if (n > 0 && c->secure)
		connection_tls_deliver(c, t->input, (size_t)n);
	else if (n > 0)
		connection_deliver(c, t->input, (size_t)n);
	else if (n == 0)
		connection_on_end(c);
	else if (errno != EAGAIN && errno != EINTR)
		connection_close(c);
	connection_receive(c);
}

void connection_on_receive(struct connection *c, int res)
{
	c->receiving = false;
	c->inflight--;
	if (c->closing)
		return;
	if (res >= 0 && c->proxied && !c->finishing) {
		connection_proxy_read(c);
		return;
	}
	if (res < 0)
		connection_close(c);
	else if (connection_tls_is_shaking(c) && !c->finishing)
		handshakes_wait(c);
	else
		connection_read(c);
}
