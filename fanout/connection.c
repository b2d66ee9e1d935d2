/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The table of connections, and how one begins and ends.
 */

#include "fanout/connection.h"

#include "fanout/admission.h"
#include "fanout/connection_proxy.h"
#include "fanout/connection_tls.h"
#include "fanout/engine.h"
#include "fanout/stats.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint32_t NO_SLOT = UINT32_MAX;

/* All zero. NULL: no memory. */
static void *reserve(size_t len)
{
	void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

int connection_table_init(struct connection_table *table, uint32_t capacity)
{
	*table = (struct connection_table){
		.slots = reserve(capacity * sizeof(struct connection)),
		.secured = reserve(capacity * sizeof(struct secured)),
		.capacity = capacity,
		.free = NO_SLOT,
	};
	if (table->slots != NULL && table->secured != NULL)
		return 0;
	connection_table_fini(table);
	return -ENOMEM;
}

void connection_table_fini(struct connection_table *table)
{
	if (table->slots != NULL)
		munmap(table->slots, table->capacity * sizeof(struct connection));
	if (table->secured != NULL)
		munmap(table->secured, table->capacity * sizeof(struct secured));
	table->slots = NULL;
	table->secured = NULL;
}

static struct connection *take_slot(struct engine_thread *t)
{
	struct connection_table *table = &t->connections;
	struct connection *c;

	if (table->free != NO_SLOT) {
		c = &table->slots[table->free];
		table->free = c->after;
		return c;
	}
	if (table->high == table->capacity)
		return NULL;
	wave_lengthen(t);
	return &table->slots[table->high++];
}

static uint64_t *gauge(struct connection *c)
{
	return (uint64_t *)((char *)&c->thread->stats + c->protocol->gauge);
}

void connection_set_protocol(struct connection *c, const struct protocol *protocol)
{
	if (c->protocol != NULL)
		stat_subtract(gauge(c), 1);
	c->protocol = protocol;
	stat_add(gauge(c), 1);
}

/* A slot for it; NULL: there is not even room to say why it may not be there. */
static struct connection *begin(struct engine_thread *t, int fd, const struct listener *listener)
{
	struct connection *c = take_slot(t);

	stat_add(&t->stats.accepted, 1);
	if (c == NULL) {
		stat_refused(&t->stats, FANOUT_REFUSED_too_many);
		close(fd);
		return NULL;
	}
	*c = (struct connection){
		.thread = t,
		.fd = fd,
		.generation = c->generation + 1,
		.secure = listener->tls,
	};
	deadline_set(c, engine_limit(&t->fanout->handshake_seconds) + 1);
	connection_set_protocol(c, listener_protocol(listener));
	return c;
}

/* May it be there? By its source first, so that who is refused for that takes nobody's place. */
static void admit(struct connection *c, const struct listener *listener)
{
	struct sockaddr_storage peer;
	bool sources = c->thread->fanout->sources != NULL;

	if ((sources || listener->proxied) && !admission_peer(c, &peer))
		connection_close(c);
	else if (listener->proxied && admission_enter(c))
		connection_proxy_begin(c, &peer);
	else if (!listener->proxied &&
		 (!sources || admission_from(c, source_of((struct sockaddr *)&peer))) &&
		 admission_enter(c))
		connection_receive(c);
}

void connection_open(struct engine_thread *t, int fd, const struct listener *listener)
{
	struct connection *c = begin(t, fd, listener);

	if (c == NULL)
		return;
	admit(c, listener);
	connection_settle(c);
}

void connection_open_refused(struct engine_thread *t, int fd, const struct listener *listener,
	enum fanout_refusal reason)
{
	struct connection *c = begin(t, fd, listener);

	if (c == NULL)
		return;
	admission_refuse(c, reason);
	connection_settle(c);
}

void connection_count_refusal(struct connection *c, enum fanout_refusal reason)
{
	stat_refused(&c->thread->stats, reason);
	engine_log(c->thread->fanout, FANOUT_DEBUG, "refusing: %s", fanout_refusal_text(reason));
}

void connection_unsubscribe(struct connection *c)
{
	struct engine_thread *t = c->thread;

	if (connection_is_subscriber(c))
		stat_add(&t->stats.frames_skipped, subscription_end(&c->subscription, &t->lists));
}

static void free_slot(struct connection *c)
{
	struct engine_thread *t = c->thread;

	stat_subtract(gauge(c), 1);
	admission_leave(c);
	buffer_unref(c->out);
	buffer_unref(c->next);
	connection_unsubscribe(c);
	deadline_clear(c);
	if (c->proxied)
		connection_proxy_end(c);
	c->protocol->on_closed(c);
	if (c->secure)
		connection_tls_end(c);
	close(c->fd);
	c->out = c->next = NULL;
	c->fd = -1;
	c->after = t->connections.free;
	t->connections.free = (uint32_t)(c - t->connections.slots);
	listeners_resume(t);
}

void connection_settle(struct connection *c)
{
	if (c->closing && c->inflight == 0)
		free_slot(c);
}

/* A poll that goes on after what it found has to be cancelled. */
static void cancel_watch(struct connection *c)
{
	uint32_t index = (uint32_t)(c - c->thread->connections.slots);
	struct io_uring_sqe *sqe = ring_sqe(&c->thread->ring);

	if (sqe == NULL)
		return;
	io_uring_prep_cancel64(sqe, ring_user_data(RING_WATCH, c->generation, index), 0);
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_CANCEL, c->generation, index));
	c->inflight++;
}

/*
 * close(2) would end no operation. A shutdown ends both polls, which finds them at once: to cancel
 * one the kernel looks through hundreds, with many connections. A send never waits.
 */
void connection_close(struct connection *c)
{
	if (c->closing)
		return;
	c->closing = true;
	if (c->inflight > 0)
		shutdown(c->fd, SHUT_RDWR);
	if (c->watching)
		cancel_watch(c);
}

void connection_on_cancel(struct connection *c)
{
	c->inflight--;
}

void connection_finish(struct connection *c)
{
	if (c->finishing || c->closing)
		return;
	c->finishing = true;
	c->paused = false;
	deadline_set(c, CONNECTION_LINGER_SECONDS);
	connection_unsubscribe(c);
	connection_continue(c);
}

void connection_subscribe(struct connection *c, struct topic_list *list, uint32_t first)
{
	struct engine_thread *t = c->thread;

	if (list == NULL) {
		engine_warn(t, WARNING_LISTS,
			"closing a subscriber: no room for one more list of channels");
		connection_count_refusal(c, FANOUT_REFUSED_lists);
		connection_close(c);
		return;
	}
	/* What has come since the last round is of the new list's next one. */
	uint32_t stamp = connection_is_subscriber(c) ? c->subscription.stamp : t->stamp;
	connection_unsubscribe(c);
	subscription_begin(&c->subscription, &t->lists, list, first, stamp);
	connection_continue(c);
}

void connection_subscribe_channels(struct connection *c, const struct channel_list *channels,
	enum topic_kind kind, enum subscription_first first)
{
	uint32_t topics[CHANNEL_LIST_MAX];

	for (unsigned i = 0; i < channels->n; i++)
		topics[i] = topic_of(channels->channels[i], kind, 0);
	connection_set_deadline(c, 0);
	connection_subscribe(c, topic_list_of(&c->thread->lists, topics, channels->n),
		first == SUBSCRIBE_NEWEST ? channels->n : 0);
}

void connection_set_deadline(struct connection *c, uint32_t seconds)
{
	if (seconds == 0)
		deadline_clear(c);
	else
		deadline_set(c, seconds);
}

void connection_on_deadline(struct connection *c)
{
	if (c->closing)
		return;
	if (c->finishing)
		connection_close(c);
	else if (c->proxied)
		connection_proxy_on_deadline(c);
	else
		c->protocol->on_deadline(c);
	connection_settle(c);
}

void connection_tell_stopping(struct connection *c)
{
	if (c->proxied) // its state is not yet that of its protocol
		connection_close(c);
	else
		c->protocol->on_stopping(c);
}
