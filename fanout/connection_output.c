/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a connection sends.
 *
 * Flags: MSG_EOR keeps the kernel from putting two frames into one buffer, which bounds how many it
 * holds. What is followed at once by something else goes with it into a packet (MSG_MORE), an
 * answer with its body or the first frame, a frame with the next of the same round: that halves
 * what it costs. Those that every send has are in ring.h.
 */

#include "fanout/connection.h"

#include "fanout/connection_tls.h"
#include "fanout/engine.h"
#include "fanout/stats.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static uint64_t user_data(const struct connection *c, enum ring_operation op)
{
	return ring_user_data(op, c->generation, (uint32_t)(c - c->thread->connections.slots));
}

/* NULL closes the connection: the kernel takes no submissions, nothing can be done for it. */
static struct io_uring_sqe *operation(struct connection *c, enum ring_operation op,
	void (*prepare)(struct io_uring_sqe *sqe, struct connection *c))
{
	struct io_uring_sqe *sqe = ring_sqe(&c->thread->ring);

	if (sqe == NULL) {
		connection_close(c);
		return NULL;
	}
	prepare(sqe, c);
	io_uring_sqe_set_data64(sqe, user_data(c, op));
	c->inflight++;
	return sqe;
}

static void prepare_send(struct io_uring_sqe *sqe, struct connection *c)
{
	const uint8_t *bytes = NULL;
	size_t len;
	int flags = RING_SEND_FLAGS;

	if (c->secure) {
		len = connection_tls_output(c, &bytes);
	} else {
		bytes = c->out->bytes + c->offset;
		len = c->out->len - c->offset;
	}
	if (c->more)
		flags |= MSG_MORE;
	else if (c->out_is_frame)
		flags |= MSG_EOR;
	io_uring_prep_send(sqe, c->fd, bytes, len, flags);
}

static void prepare_writable(struct io_uring_sqe *sqe, struct connection *c)
{
	io_uring_prep_poll_add(sqe, c->fd, POLLOUT);
}

static void prepare_watch(struct io_uring_sqe *sqe, struct connection *c)
{
	io_uring_prep_poll_multishot(sqe, c->fd, POLLOUT);
}

/*
 * io_uring adds POLLRDHUP to every poll, so that one for POLLOUT would end at once, again and
 * again, when the client has half closed. A multishot poll reports that once, and then what
 * changes.
 */
void connection_watch(struct connection *c)
{
	if (!c->watching && !c->closing)
		c->watching = operation(c, RING_WATCH, prepare_watch) != NULL;
}

static void drop_out(struct connection *c)
{
	buffer_unref(c->out);
	c->out = NULL;
	c->offset = 0;
	c->out_is_frame = false;
}

/* The socket is full. A frame that was not begun is let go: there may be a newer one by then. */
static void block(struct connection *c)
{
	c->blocked = true;
	if (c->blocked_since == 0)
		c->blocked_since = c->thread->now;
	if (c->out_is_frame && c->offset == 0)
		drop_out(c);
	if (!c->watching && !c->polling)
		c->polling = operation(c, RING_WRITABLE, prepare_writable) != NULL;
}

void connection_put(struct connection *c, struct buffer *b)
{
	if (b == NULL) {
		connection_close(c);
	} else if (c->finishing || c->closing) {
		buffer_unref(b);
	} else if (c->out == NULL) {
		c->out = b;
	} else {
		buffer_unref(c->next);
		c->next = b;
	}
}

/* Takes notice of what has come; not while a frame is on offer, which is not begun. */
static void notice(struct connection *c)
{
	struct engine_thread *t = c->thread;
	uint32_t skipped = subscription_notice(&c->subscription, &t->lists, t->stamp);

	if (skipped > 0)
		stat_add(&t->stats.frames_skipped, skipped);
}

static void settle_subscription(struct connection *c)
{
	uint32_t skipped = subscription_settle(&c->subscription);

	if (skipped > 0)
		stat_add(&c->thread->stats.frames_skipped, skipped);
}

/* The next frame that the client takes. */
static struct buffer *next_frame(struct connection *c)
{
	struct engine_thread *t = c->thread;
	struct offer offer;

	notice(c);
	while (subscription_offer(&c->subscription, t->channels, &offer)) {
		struct buffer *b = held_frame_encoded(
			offer.frame, c->protocol->encodings[offer.kind][offer.retained]);

		if (b == NULL) {
			connection_close(c);
			return NULL;
		}
		c->more = offer.more && c->packet_max == 0; // what follows may be left out
		if (c->packet_max == 0 || b->len <= c->packet_max)
			return b;
		buffer_unref(b);
		stat_add(&t->stats.frames_skipped, subscription_skip(&c->subscription));
	}
	settle_subscription(c);
	return NULL;
}

/* Does something follow what was put? Of frames that may be too long for the client it is not sure.
 */
static bool something_follows(const struct connection *c)
{
	if (connection_tls_is_shaking(c)) // not before the client has answered
		return false;
	return c->next != NULL ||
	       (connection_is_subscriber(c) && c->packet_max == 0 &&
		       subscription_has_unsent(&c->subscription, c->thread->channels));
}

/* Chooses what goes out now. */
static bool choose(struct connection *c)
{
	if (c->next != NULL) {
		c->out = c->next;
		c->next = NULL;
	} else if (connection_is_subscriber(c)) {
		c->out = next_frame(c);
		c->out_is_frame = c->out != NULL;
	}
	return c->out != NULL;
}

/* Every channel is closed, and its last frame was sent. */
static bool channels_ended(struct connection *c)
{
	struct engine_thread *t = c->thread;

	if (!connection_is_subscriber(c) || c->subscription.held)
		return false;
	topic_list_look(&t->lists, c->subscription.list);
	return c->subscription.list->ended;
}

static void drained(struct connection *c)
{
	if (c->closing) {
		return;
	} else if (c->finishing && c->secure && connection_tls_say_goodbye(c)) {
		connection_continue(c);
	} else if (c->finishing) {
		if (!c->shut)
			shutdown(c->fd, SHUT_WR);
		c->shut = true;
		if (c->ended)
			connection_close(c);
		else
			connection_receive(c);
	} else if (connection_tls_is_shaking(c)) {
		return;
	} else if (channels_ended(c)) {
		c->protocol->on_channels_ended(c);
	} else if (c->protocol->on_drained != NULL) {
		c->protocol->on_drained(c);
	}
}

static void begun(struct connection *c)
{
	if (c->out_is_frame && c->offset == 0 && connection_is_subscriber(c))
		subscription_begun(&c->subscription);
}

/* Encrypts what goes out now. Returns whether there is something to send. */
static bool choose_record(struct connection *c)
{
	if (connection_tls_has_output(c))
		return true;
	if (connection_tls_is_shaking(c) || (c->out == NULL && !choose(c)))
		return false;
	begun(c);
	connection_tls_encrypt(c);
	return !c->closing;
}

bool connection_continue(struct connection *c)
{
	if (c->closing || c->sending || c->blocked)
		return false;
	if (c->secure ? !choose_record(c) : c->out == NULL && !choose(c)) {
		drained(c);
		return c->sending;
	}
	if (!c->out_is_frame)
		c->more = something_follows(c);
	c->sending = operation(c, RING_SEND, prepare_send) != NULL;
	return c->sending;
}

bool connection_on_wave(struct connection *c)
{
	if (c->blocked && !c->closing)
		notice(c);
	return connection_continue(c);
}

/* Counts what was sent. Returns whether it was all that was to be sent at this time. */
static bool advance(struct connection *c, uint32_t sent)
{
	stat_add(&c->thread->stats.bytes_sent, sent);
	if (sent > 0)
		c->blocked_since = 0;
	if (c->secure)
		return connection_tls_sent(c, sent);
	if (sent > 0)
		begun(c);
	c->offset += sent;
	return c->offset == c->out->len;
}

/* More of out is to be encrypted, or something that is not out's was sent. */
static bool is_half_way(const struct connection *c)
{
	return c->secure &&
	       (connection_tls_has_output(c) || c->out == NULL || c->offset < c->out->len);
}

static void progress(struct connection *c, uint32_t sent)
{
	bool is_frame = c->out_is_frame;

	if (!advance(c, sent)) {
		block(c);
		return;
	}
	if (is_half_way(c)) {
		connection_continue(c);
		return;
	}
	drop_out(c);
	if (is_frame)
		stat_add(&c->thread->stats.frames_sent, 1);
	else if (c->next == NULL && c->protocol->on_room != NULL && !c->finishing)
		c->protocol->on_room(c);
	connection_continue(c);
}

void connection_on_send(struct connection *c, int res)
{
	c->sending = false;
	c->inflight--;
	if (c->closing)
		return;
	if (res >= 0)
		progress(c, (uint32_t)res);
	else if (res == -EAGAIN)
		block(c);
	else if (res == -EINTR)
		connection_continue(c);
	else
		connection_close(c);
}

/* What a poll found. */
static void polled(struct connection *c, int res)
{
	if (c->closing)
		return;
	if (res < 0 || (res & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
		connection_close(c);
	} else if ((res & POLLOUT) == 0) {
		connection_watch(c); // only that the client has half closed
	} else if (c->blocked) {
		c->blocked = false;
		connection_continue(c);
	}
}

void connection_on_writable(struct connection *c, int res)
{
	c->polling = false;
	c->inflight--;
	polled(c, res);
}

void connection_on_watch(struct connection *c, int res, uint32_t flags)
{
	if ((flags & IORING_CQE_F_MORE) == 0) {
		c->watching = false;
		c->inflight--;
	}
	polled(c, res);
	if (!c->watching && !c->closing)
		connection_watch(c);
}
