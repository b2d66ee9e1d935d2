/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * One client. A connection never holds a queue, only
 *
 *   out   what is being sent, and how far (an answer, or a frame shared with everybody),
 *   next  at most one thing that goes out before the next frame (a body, a pong),
 *
 * and, for a subscriber, how far it has got with its channels. At most one send is under way. A
 * send that does not fit ends at once and the connection is `blocked` until the socket takes more;
 * then a frame of which the first byte was not sent gives way to the newest one.
 *
 * Life: connection_open(); protocol handlers put and subscribe; connection_finish() (what was put
 * still goes out, then the client has a moment to read it) or connection_close(). A closed
 * connection stays in its slot until the kernel has returned every operation, then the slot is
 * free.
 */
#ifndef FANOUT_CONNECTION_H
#define FANOUT_CONNECTION_H

#include "fanout/buffer.h"
#include "fanout/channel_list.h"
#include "fanout/protocol.h"
#include "fanout/refusal.h"
#include "fanout/subscription.h"

#include <stdbool.h>
#include <stdint.h>

struct engine_thread;
struct listener;
struct secured;

enum { CONNECTION_LINGER_SECONDS = 5 }; // for the last words to be taken

struct connection {
	struct engine_thread *thread;
	const struct protocol *protocol;
	struct subscription subscription; // subscription.list == NULL: no subscriber
	struct buffer *out;
	struct buffer *next;
	void *state;            // of the protocol, which frees it in on_closed()
	uint32_t offset;        // in out
	uint32_t generation;    // of the slot
	uint32_t deadline;      // in seconds as thread->now; 0: none
	uint32_t before, after; // others of that deadline (deadlines.h); after: next free slot
	uint32_t packet_max;    // bytes of a frame in its envelope that the client takes; 0: any
	uint32_t source;        // entry in fanout->sources; 0: counts for no source
	uint32_t blocked_since; // the socket has taken nothing, as thread->now; 0: it has
	int fd;                 // -1: the slot is free
	uint8_t inflight;       // operations that the kernel has
	bool receiving : 1;
	bool sending : 1;
	bool polling : 1;  // one poll for POLLOUT is under way
	bool watching : 1; // a multishot poll is, for the client has half closed
	bool blocked : 1;  // the socket takes no more for now
	bool out_is_frame : 1;
	bool more : 1;       // something follows at once what is in out
	bool paused : 1;     // receives nothing, for an answer is being sent
	bool ended : 1;      // the client will send no more
	bool finishing : 1;  // nothing is put any more; input is thrown away
	bool shut : 1;       // we will send no more
	bool closing : 1;    // waits for its operations to return
	bool counted : 1;    // in the number of open connections
	bool refused : 1;    // may not be there, and is being told so
	bool keep_alive : 1; // HTTP
	bool head_only : 1;  // HTTP: its head is asked for, without a body
	bool proxied : 1;    // a proxy is to say whose it is (connection_proxy.h)
	bool secure : 1;     // speaks TLS (connection_tls.h)
	bool waiting : 1;    // for its turn in the handshake
};

struct connection_table {
	struct connection *slots;
	struct secured *secured; // of each slot, where the client speaks TLS (connection_tls.h)
	uint32_t capacity;
	uint32_t high; // slots from here on were never used
	uint32_t free; // head of the list of free slots below high
};

/* 0 or -ENOMEM. Pages of slots that were never used cost nothing. */
int connection_table_init(struct connection_table *table, uint32_t capacity);
void connection_table_fini(struct connection_table *table);

/* Takes the socket over in any case. */
void connection_open(struct engine_thread *t, int fd, const struct listener *listener);

/* The same, but it may not be there, for this reason. */
void connection_open_refused(struct engine_thread *t, int fd, const struct listener *listener,
	enum fanout_refusal reason);

void connection_set_protocol(struct connection *c, const struct protocol *protocol);

/*
 * Takes over the reference to list, in place of the list there was; that round must be done. The
 * first `first` topics get their newest frames at once. list may be NULL (no memory), which closes
 * the connection.
 */
void connection_subscribe(struct connection *c, struct topic_list *list, uint32_t first);

/* Frames of these channels in one kind, the newest of each at once unless `first` says no. */
void connection_subscribe_channels(struct connection *c, const struct channel_list *channels,
	enum topic_kind kind, enum subscription_first first);

/* Has no list any more. */
void connection_unsubscribe(struct connection *c);

/* Seconds from now; 0: none. Then the protocol's on_deadline() is called, once. */
void connection_set_deadline(struct connection *c, uint32_t seconds);

/*
 * Sends b, whose reference it takes, behind what is being sent and before any frame. If something
 * waits there already, b takes its place. b may be NULL (no memory), which closes the connection.
 */
void connection_put(struct connection *c, struct buffer *b);

/* It is refused, or what it asked for. The caller tells it so. */
void connection_count_refusal(struct connection *c, enum fanout_refusal reason);

/* Sends what there is to send. Returns whether it queued a submission. */
bool connection_continue(struct connection *c);

/* Ends the stream behind what was put, and closes when the client has, or after some seconds. */
void connection_finish(struct connection *c);

/* Ends it now. The slot is freed by connection_settle(), once the kernel has let go of it. */
void connection_close(struct connection *c);
void connection_settle(struct connection *c);

/* Receives if it may and does not already. */
void connection_receive(struct connection *c);

/* Reads what there is, once, and goes on receiving. */
void connection_read(struct connection *c);

/* The client will send no more. */
void connection_on_end(struct connection *c);

/* Bytes that the client sent, for its protocol. */
void connection_deliver(struct connection *c, uint8_t *bytes, size_t len);

/* The client has half closed: notices when it goes, and when a blocked socket takes more. */
void connection_watch(struct connection *c);

/* Completions. */
void connection_on_receive(struct connection *c, int res);
void connection_on_send(struct connection *c, int res);
void connection_on_writable(struct connection *c, int res);
void connection_on_watch(struct connection *c, int res, uint32_t flags);
void connection_on_cancel(struct connection *c);

/* The fan-out stops: says so in its protocol, if it has come so far. */
void connection_tell_stopping(struct connection *c);

/* The deadline has passed. */
void connection_on_deadline(struct connection *c);

/* In a wave: begins to send what has come, or takes notice of it. As connection_continue(). */
bool connection_on_wave(struct connection *c);

static inline bool connection_is_subscriber(const struct connection *c)
{
	return c->subscription.list != NULL;
}

#endif
