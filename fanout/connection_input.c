/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a connection receives: one receive at a time, into a buffer that the kernel takes from the
 * ring's pool only when bytes are there. A connection that is paused has none armed, so a client
 * that asks faster than it reads is held back by TCP, not by memory of ours.
 */

#include "fanout/connection.h"

#include "fanout/engine.h"

#include <errno.h>

void connection_receive(struct connection *c)
{
	if (c->receiving || c->closing || c->ended || c->paused)
		return;
	struct io_uring_sqe *sqe = ring_sqe(&c->thread->ring);
	if (sqe == NULL) {
		connection_close(c);
		return;
	}
	io_uring_prep_recv(sqe, c->fd, NULL, RECEIVE_BUFFER_LEN, 0);
	io_uring_sqe_set_flags(sqe, IOSQE_BUFFER_SELECT);
	sqe->buf_group = RECEIVE_GROUP;
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_RECEIVE, c->generation,
					     (uint32_t)(c - c->thread->connections.slots)));
	c->receiving = true;
	c->inflight++;
}

static void received(struct connection *c, int res, uint32_t flags)
{
	if (res > 0 && !c->finishing) {
		c->protocol->on_input(c, ring_received(&c->thread->ring, flags), (size_t)res);
	} else if (res == 0) {
		c->ended = true;
		if (c->shut)
			connection_close(c);
		else if (!c->finishing)
			c->protocol->on_end(c);
	} else if (res < 0 && res != -ENOBUFS && res != -EINTR) {
		connection_close(c);
	}
}

void connection_on_receive(struct connection *c, int res, uint32_t flags)
{
	c->receiving = false;
	c->inflight--;
	if (!c->closing)
		received(c, res, flags);
	ring_give_back(&c->thread->ring, flags);
	connection_receive(c);
}
