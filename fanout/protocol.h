/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a protocol has to say about a connection. A connection points to one of these tables, and
 * may change it once the client has said what it wants (HTTP becomes WebSocket or server-sent
 * events). All are called by the connection's thread, none while another is running for the same
 * connection.
 */
#ifndef FANOUT_PROTOCOL_H
#define FANOUT_PROTOCOL_H

#include "fanout/encoding.h"
#include "fanout/refusal.h"
#include "fanout/topic.h"

#include <stddef.h>
#include <stdint.h>

struct connection;

struct protocol {
	const char *name; // as its gauge is called

	/* How a frame goes onto its stream: by its kind, and whether it is marked as retained. */
	enum encoding encodings[TOPIC_KINDS][2];

	/* What it is called when TLS is agreed on (RFC 7301); where it has listeners for that. */
	const char *alpn;

	size_t gauge; // offset in struct fanout_stats of the number of such connections

	/* The client sent bytes, which may be changed in place; none can be given back. */
	void (*on_input)(struct connection *c, uint8_t *bytes, size_t len);

	/* The client will send no more; it may still read. */
	void (*on_end)(struct connection *c);

	/* What was put has been sent: something else may be put. May be NULL. */
	void (*on_room)(struct connection *c);

	/* So has everything else: nothing is on its way. May be NULL. */
	void (*on_drained)(struct connection *c);

	/* Its deadline has passed. */
	void (*on_deadline)(struct connection *c);

	/* Say why in this protocol, and finish: the client speaks no TLS where it should. May be
	 * NULL. */
	void (*on_no_tls)(struct connection *c);

	/* It may not be there, before it has said anything. Say why in this protocol, count it, and
	 * finish. NULL if it never is the protocol of a listener. */
	void (*on_refused)(struct connection *c, enum fanout_refusal reason);

	/* Say in this protocol that it ends, and finish: every channel that it subscribed to was
	 * closed, and their last frames were sent, */
	void (*on_channels_ended)(struct connection *c);

	/* or the fan-out stops. */
	void (*on_stopping)(struct connection *c);

	/* Gives back connection.state. */
	void (*on_closed)(struct connection *c);
};

#endif
